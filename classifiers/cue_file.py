"""Reading one cue file: rows, vetoes and received classes; every mistake is noted by its place."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from classifiers.cues import KINDS, PLACES, USUAL, Cue, Veto
from classifiers.matching import problem_of
from classifiers.reasons import VETO_REASONS

VERSION = 1
_FILE_KEYS = frozenset(("version", "unknown_classes", "received", "internal", "classes", "veto"))
_ROW_KEYS = frozenset(("field", "where", "pattern", "weight", "kind"))
_VETO_KEYS = frozenset(("reason", "where", "pattern"))
_HEAVIEST = 20.0


@dataclass(frozen=True, slots=True)
class CueFile:
    """One file under its name; mistakes go into ``problems`` and a faulty row is left out."""

    name: str
    known: frozenset[str]
    problems: dict[str, str]

    def file(self, document: object) -> Mapping[str, object]:
        """Check the frame of the file and return its content."""
        content = self._mapping("", document)
        self._keys("", content, _FILE_KEYS)
        if content.get("version") != VERSION:
            self._problem("version", f"must be {VERSION}, the version of the cue table")
        if content.get("unknown_classes", "refuse") not in ("refuse", "compete"):
            self._problem("unknown_classes", "must be 'refuse' or 'compete'")
        return content

    def rows(self, content: Mapping[str, object]) -> Iterable[Cue]:
        """Yield the sound rows of every class."""
        for code, listed in self._mapping("classes", content.get("classes", {})).items():
            self._class(f"classes.{code}", code, content)
            for path, row in self._tables(f"classes.{code}", listed):
                cue = self._cue(path, code, row)
                if cue:
                    yield cue

    def vetoes(self, content: Mapping[str, object]) -> Iterable[Veto]:
        """Yield the sound vetoes."""
        for path, row in self._tables("veto", content.get("veto", [])):
            self._keys(path, row, _VETO_KEYS)
            reason = self._one_of(f"{path}.reason", row.get("reason"), VETO_REASONS)
            where = self._one_of(f"{path}.where", row.get("where"), USUAL)
            pattern = self._pattern(f"{path}.pattern", row.get("pattern"))
            if reason and where and pattern:
                yield Veto(reason, where, pattern)

    def listed(self, key: str, content: Mapping[str, object]) -> Iterable[str]:
        """Yield the classes of the list ``received`` or ``internal``."""
        codes = content.get(key, [])
        if not isinstance(codes, list):
            self._problem(key, "must be a list of classes")
            return
        for index, code in enumerate(codes):
            self._class(f"{key}[{index}]", str(code), content)
            yield str(code)

    def _cue(self, path: str, code: str, row: Mapping[str, object]) -> Cue | None:
        self._keys(path, row, _ROW_KEYS)
        where = self._one_of(f"{path}.where", row.get("where"), USUAL)
        pattern = self._pattern(f"{path}.pattern", row.get("pattern"))
        if not where or not pattern:
            return None
        usual_kind, usual_weight = USUAL[where]
        field = next(name for name, places in PLACES.items() if where in places)
        if row.get("field", field) != field:
            self._problem(f"{path}.field", f"must be '{field}' where the row looks at the {where}")
        kind = self._one_of(f"{path}.kind", row.get("kind", usual_kind), KINDS)
        weight = self._weight(f"{path}.weight", row.get("weight", usual_weight))
        return Cue(code, field, where, pattern, weight, kind) if kind else None

    def _class(self, path: str, code: str, content: Mapping[str, object]) -> None:
        if code not in self.known and content.get("unknown_classes") != "compete":
            self._problem(
                path, f"'{code}' is not a class of the schedule{_nearest(code, self.known)}"
            )

    def _pattern(self, path: str, pattern: object) -> str | None:
        problem = problem_of(pattern) if isinstance(pattern, str) else "must be a text"
        if problem:
            self._problem(path, problem)
            return None
        return str(pattern)

    def _weight(self, path: str, weight: object) -> float:
        number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if isinstance(weight, int | float) and number and 0 < abs(weight) <= _HEAVIEST:
            return float(weight)
        self._problem(path, f"must be a number up to {_HEAVIEST:g} either way, and not zero")
        return 0.0

    def _one_of(self, path: str, value: object, allowed: Iterable[str]) -> str | None:
        names = sorted(allowed)
        if isinstance(value, str) and value in names:
            return value
        hint = _nearest(value, names) if isinstance(value, str) else ""
        self._problem(path, f"must be one of {', '.join(names)}{hint}")
        return None

    def _keys(self, path: str, row: Mapping[str, object], allowed: frozenset[str]) -> None:
        for key in row:
            if key not in allowed:
                self._problem(
                    f"{path}.{key}".strip("."), f"is not a key here{_nearest(key, allowed)}"
                )

    def _mapping(self, path: str, value: object) -> Mapping[str, object]:
        if isinstance(value, Mapping):
            return value
        self._problem(path, "must be a table")
        return {}

    def _tables(self, path: str, listed: object) -> Iterable[tuple[str, Mapping[str, object]]]:
        if not isinstance(listed, list):
            self._problem(path, "must be a list of rows")
            return
        for index, row in enumerate(listed):
            if isinstance(row, Mapping):
                yield f"{path}[{index}]", row
            else:
                self._problem(f"{path}[{index}]", "must be a table with where and pattern")

    def _problem(self, path: str, message: str) -> None:
        self.problems[f"{self.name}: {path}" if path else self.name] = message


def _nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, sorted(known), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
