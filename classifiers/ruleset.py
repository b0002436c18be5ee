"""From cue files to a ruleset, or every mistake in them at once.

The application reads the files; here they arrive as mappings, one for each file name::

    {"finance.toml": {
        "version": 1,
        "unknown_classes": "compete",       # optional; "refuse" is usual
        "received": ["FIN-003"],            # papers that others send to the council
        "internal": ["HRP-015"],            # papers for inside use, which often name no council
        "classes": {"FIN-004": [{"where": "heading", "pattern": "purchase order"}]},
        "veto": [{"reason": "template", "where": "heading", "pattern": "template"}]}}

A row needs ``where`` and ``pattern``; ``field``, ``kind`` and ``weight`` have usual values for each
place. A class that the schedule lacks is a mistake, except in a file that says ``compete``: there
the rows stay in play, so that the absence of the right class never lets a wrong one win, and the
class itself is never proposed. Patterns are RE2, case does not matter, ``^`` and ``$`` are the ends
of a line, and white space in the text is single spaces.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from classifiers.cue_file import CueFile
from classifiers.cues import Cue, PatternTable, Veto
from classifiers.issuer import Profile, profile_of
from classifiers.model import ClassHint, Organisation
from classifiers.rank import Ranker, build_ranker


class CueError(ValueError):
    """The cue files hold mistakes; ``problems`` maps each place in them to a message."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Take every mistake found, in the order of the files."""
        self.problems = dict(problems)
        super().__init__("\n".join(f"{path}: {message}" for path, message in self.problems.items()))


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything a classification needs besides the document."""

    cues: PatternTable[Cue]
    vetoes: PatternTable[Veto]
    received: frozenset[str]
    internal: frozenset[str]
    profile: Profile
    classes: Mapping[str, ClassHint]
    ranker: Ranker


def parse_ruleset(
    cues: Mapping[str, object], organisation: Organisation, classes: Mapping[str, ClassHint]
) -> Ruleset:
    """Compile cue files for one council and its schedule.

    Raises:
        CueError: with every mistake in every file.
    """
    problems: dict[str, str] = {}
    rows: list[Cue] = []
    vetoes: list[Veto] = []
    received: set[str] = set()
    internal: set[str] = set()
    for name, document in cues.items():
        reader = CueFile(name, frozenset(classes), problems)
        content = reader.file(document)
        rows.extend(reader.rows(content))
        vetoes.extend(reader.vetoes(content))
        received.update(reader.listed("received", content))
        internal.update(reader.listed("internal", content))
    if problems:
        raise CueError(problems)
    return Ruleset(
        PatternTable(rows),
        PatternTable(vetoes),
        frozenset(received),
        frozenset(internal),
        profile_of(organisation),
        classes,
        build_ranker(classes),
    )
