"""Was every destroyed file covered: in a manifest that one person asked for and two approved?

* Each manifest is the one its request was signed for, by Merkle root and size.
* At the log entry of the intent to destroy a file, the last one before it was gone, the request and
  the agreement of at least two people about that very item stood (`answers`): logged before, of
  exactly the terms requested, by people who had their roles then and there. Requester and
  approvers are different people, and the approvers are not both the adopters of the schedule.
* No answer that keeps the item had come in before, even from somebody who has left since.
* The file went to the disposal bin before the approvals expired.
* No record was destroyed twice, in one batch or in two.

Of what was transferred the same holds, but that the approvals were used by the copy for the
archive: that came before they expired, then the archive's answer that it has the file, and only
then the move to the bin. What was signed for as a transfer is never destroyed, nor the reverse.

Standard library only, because the offline verifier carries this module.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from retention_agent.audit import answers, canonical, merkle
from retention_agent.audit.answers import APPROVALS_NEEDED, Said, Subject
from retention_agent.audit.authority import Authority, Made
from retention_agent.audit.problem import Problem, shortened
from retention_agent.audit.walk import Entry, Log

# in canonical JSON a quote within a text has a backslash
_TRANSFER, _COPY = b'"action":"transfer"', b'"final":false'
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")

_MEANING = {
    "approval-missing": "no request and two approvals of each stood when they were destroyed",
    "approval-late": "they were moved to the disposal bin after the approvals had expired",
    "destroyed-excluded": "a reviewer had taken them out of the batch",
    "destroyed-kept": "a reviewer had answered that they be kept",
    "destroyed-rejected": "a reviewer had rejected them, or the whole batch",
    "destroyed-twice": "the log saw them destroyed more than once",
    "destroyed-unbinned": "the log did not see them moved to the disposal bin, or saw them return",
    "destroyed-uncovered": "the batch's manifest has no such items",
    "transfer-unconfirmed": "the log did not see them copied, then confirmed by the archive, first",
    "transfer-unasked": "what was signed for is not what was done with them",
}

_KEPT_BY = {"exclude": "destroyed-excluded", "reject": "destroyed-rejected"}


@dataclass(frozen=True, slots=True)
class Manifest:
    """The items of a batch, and which were signed for to leave for the archive."""

    items: Sequence[Subject]
    transfers: frozenset[str]

    def item(self, number: str) -> Subject:
        """The item that the log names so."""
        known = _NUMBER.fullmatch(number) and int(number) < len(self.items)
        return self.items[int(number)] if known else _UNKNOWN


_UNKNOWN = answers.subject(-1, None)
_NONE = Manifest((), frozenset())


def check_manifests(
    manifests: Mapping[str, Iterable[bytes]], authority: Authority, problems: list[Problem]
) -> dict[str, Manifest]:
    """Check each manifest against the request for it; returns what each is about."""
    requests = {
        subject: made
        for (purpose, subject), made in authority.made.items()
        if purpose == "request-batch"
    }
    problems += [
        Problem("manifest-missing", f"batch {batch}", "the manifest is not there")
        for batch in requests.keys() - manifests.keys()
    ]
    found = {}
    for batch, entries in manifests.items():
        edge = merkle.Edge()
        items, transfers = [], set()
        for entry in entries:
            if _TRANSFER in entry and _COPY not in entry:
                transfers.add(str(edge.size))
            items.append(answers.subject(edge.size, _value(entry)))
            edge.add(merkle.leaf_hash(entry))
        found[batch] = Manifest(items, frozenset(transfers))
        problems += _against_requests(batch, edge, requests.get(batch, []))
    return found


def check_destroyed(
    log: Log, authority: Authority, manifests: Mapping[str, Manifest], problems: list[Problem]
) -> None:
    """Check that a mandate covers every file that the log saw destroyed or transferred."""
    made = by_batch(authority)
    for transferred, gone in ((False, log.destroyed), (True, log.transferred)):
        for batch, items in gone.items():
            manifest = manifests.get(batch, _NONE)
            spoken = Spoken(authority, batch, made.get(batch, []))
            found: dict[str, set[str]] = defaultdict(set)
            for item, entries in items.items():
                way = _transfer_of(log, batch, item) if transferred else _way_of(log, batch, item)
                for code in (
                    *_against_manifest(item, manifest, transferred),
                    *_faults(spoken, manifest.item(item), entries, way),
                ):
                    found[code].add(item)
            for code, which in found.items():
                where = f"batch {batch or '(none)'}, items {_listed(which)}"
                problems.append(Problem(code, where, _MEANING[code]))
    problems += [
        Problem("destroyed-twice", f"record {record}", f"as {', '.join(sorted(which))}")
        for record, which in log.records.items()
        if len(which) > 1
    ]


def by_batch(authority: Authority) -> dict[str, list[Made]]:
    """Everything that was validly answered about each batch."""
    found: dict[str, list[Made]] = defaultdict(list)
    for (purpose, subject), made in authority.made.items():
        if purpose in answers.PURPOSES:
            found[answers.batch_of(subject)] += made
    return found


class Spoken:
    """What had been answered about one batch, as of any entry of the log."""

    def __init__(self, authority: Authority, batch: str, made: Iterable[Made]) -> None:
        self.authority = authority
        self.batch = batch
        self._made = list(made)
        self._read: dict[tuple[int, bool, int | None], Said] = {}

    def before(self, number: int, request: Made | None = None) -> list[Said]:
        """The answers that had come in before entry `number`.

        Approvals among them count if they are of the terms of `request`.
        """
        return [self._said(made, number, request) for made in self._made if made.number < number]

    def keeping(self, item: Subject, number: int) -> set[str]:
        """The words of the answers that keep an item, as of entry `number`."""
        kept = answers.judge(item, self.before(number)).kept
        return {answer.word for _, answer in kept}

    def _said(self, made: Made, number: int, request: Made | None) -> Said:
        stands = request is not None and self.authority.stands(made, number)
        key = (made.number, stands, request.number if request else None)
        if key not in self._read:
            terms = request.statement.content if request else {}
            self._read[key] = answers.read(made.statement, terms, stands=stands)
        return self._read[key]


def _against_requests(batch: str, edge: merkle.Edge, requests: list[Made]) -> Iterator[Problem]:
    where = f"manifest of batch {batch}"
    if not requests:
        yield Problem("manifest-unsigned", where, "nobody asked for its disposal")
    for made in requests:
        content = made.statement.content
        if (content.get("root"), content.get("size")) != (edge.root().hex(), edge.size):
            yield Problem("manifest-differs", where, "not what its request was signed for")


@dataclass(frozen=True, slots=True)
class _Way:
    """What came before a file was gone."""

    intent: Entry | None
    """the last check before it went; a crash may come between that and the entry that it is gone"""
    used: Entry | None
    """that for which its approvals were needed"""
    binned: Entry | None
    confirmed: bool
    """nobody else had to confirm it, or had done so, in the right order"""


def _way_of(log: Log, batch: str, item: str) -> _Way:
    binned = log.binned.get(batch, {}).get(item)
    return _Way(_intent(log, batch, item), binned, binned, confirmed=True)


def _transfer_of(log: Log, batch: str, item: str) -> _Way:
    exported = log.exports.get(batch)
    way = [exported, log.accessions.get(batch, {}).get(item), log.binned.get(batch, {}).get(item)]
    numbers = [entry.number for entry in way if entry]
    in_order = None not in way[:2] and numbers == sorted(numbers)
    return _Way(_intent(log, batch, item), exported, way[-1], in_order)


def _intent(log: Log, batch: str, item: str) -> Entry | None:
    return log.armed.get(batch, {}).get(item)


def _against_manifest(item: str, manifest: Manifest, transferred: bool) -> Iterator[str]:  # noqa: FBT001
    if manifest.item(item) is _UNKNOWN:
        yield "destroyed-uncovered"
    if transferred is not (item in manifest.transfers):
        yield "transfer-unasked"


def _faults(spoken: Spoken, item: Subject, entries: Sequence[Entry], way: _Way) -> Iterator[str]:
    number = entries[0].number
    if len(entries) > 1:
        yield "destroyed-twice"
    if not way.confirmed:
        yield "transfer-unconfirmed"
    expiries = list(_mandates(spoken, item, (way.intent or entries[0]).number))
    if not expiries:
        yield "approval-missing"
    elif way.binned is None:
        yield "destroyed-unbinned"
    elif way.used is not None and way.used.time > max(expiries):
        yield "approval-late"
    for word in spoken.keeping(item, number):
        yield _KEPT_BY.get(word, "destroyed-kept")


def _mandates(spoken: Spoken, item: Subject, number: int) -> Iterator[str]:
    """When each mandate that stood at entry `number` expires: a request with its approvals."""
    requests = spoken.authority.standing("request-batch", spoken.batch, number)
    requesters = {made.statement.person for made in requests}
    for request in requests:
        said = spoken.before(number, request)
        approved = answers.judge(item, said).agreed - requesters
        if len(approved) >= APPROVALS_NEEDED and approved - spoken.authority.adopters(number):
            yield str(request.statement.content.get("expires", ""))


def _value(entry: bytes) -> object:
    try:
        return canonical.loads(entry)
    except canonical.NotCanonical:
        return None


def _listed(items: Iterable[str]) -> str:
    named = set(items)
    numbers = {one for one in named if _NUMBER.fullmatch(one)}
    return ", ".join([*sorted(named - numbers), shortened(map(int, numbers))]).strip(", ")
