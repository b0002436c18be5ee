"""Sampling disposal: which records of a large, uniform class are kept as examples.

Rules enforced here:

- Whether a record is chosen follows from the rule's seed and the record alone, so that anyone can
  work it out again from the schedule that was signed, and nobody can draw twice.
- Records with the one same reference, the papers of one case, are chosen or left together. A
  record with none, or with several, is chosen by the digest of its content.
- Where neither is known nobody can say, and the record is kept.
"""

import hashlib
import re

from policies.model import DatedFact, Record, Sample

_PERCENT = re.compile(r"([1-9][0-9]?) ?%")
_ENDINGS = re.compile(r"years ending ([0-9]{1,4}(?:, ?[0-9]{1,4})*)")
_DRAWS = 2**64


def parse_sample(text: str, seed: str) -> Sample:
    """Read a sample as the schedule writes it: `10 %` or `years ending 5, 0`.

    Raises:
        ValueError: it is neither, or the seed is missing or of no use; says what to write.
    """
    percent = _PERCENT.fullmatch(text)
    endings = _ENDINGS.fullmatch(text)
    if percent and not seed:
        raise ValueError("needs a sample_seed, any words that stay the same, to choose by")
    if percent:
        return Sample(percent=int(percent[1]), seed=seed)
    if not endings:
        raise ValueError(f"'{text}' is not a sample: write '10 %' or 'years ending 5, 0'")
    if seed:
        raise ValueError("by years needs no sample_seed: leave that blank")
    return Sample(endings=tuple(one.strip() for one in endings[1].split(",")))


def is_chosen(sample: Sample, record: Record, triggered: DatedFact | None) -> bool | None:
    """Whether the record belongs to the sample; None where nobody can say."""
    if sample.endings:
        return None if triggered is None else f"{triggered.on.year}".endswith(sample.endings)
    subject = _subject(record)
    if subject is None:
        return None
    drawn = hashlib.sha256(f"{sample.seed}\n{subject}".encode()).digest()[:8]
    return int.from_bytes(drawn, "big") * 100 < sample.percent * _DRAWS


def _subject(record: Record) -> str | None:
    if len(record.references) == 1:
        (reference,) = record.references
        return f"reference:{reference}"
    return f"content:{record.digest}" if record.digest else None
