"""Reading one table of a schedule file, key by key, noting every mistake.

A reader never stops at a mistake: it notes the place and what to do, returns a stand-in, and the
caller refuses the whole file at the end, so that one look shows all there is to mend.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from difflib import get_close_matches

from policies.period import Period, PeriodError, parse_period


def nearest(wrong: str, allowed: Collection[str]) -> str:
    """The closing words of a message: the nearest allowed value, or else all of them."""
    close = get_close_matches(wrong.lower(), list(allowed), n=1)
    return f"did you mean '{close[0]}'?" if close else f"use one of: {', '.join(allowed)}"


class Entry:
    """One table: its keys, where it stands in the file, and the list of problems it adds to."""

    def __init__(self, keys: Mapping[str, object], path: str, problems: dict[str, str]) -> None:
        self.keys = keys
        self.path = path
        self._problems = problems

    def blame(self, key: str, message: str) -> None:
        """Note a mistake at a key; the first one there stands."""
        self._problems.setdefault(self._place(key), message)

    def only(self, known: Collection[str]) -> None:
        """Refuse every key that is not known."""
        for key in self.keys:
            if key not in known:
                self.blame(key, f"unknown key: {nearest(key, known)}")

    def text(self, key: str) -> str:
        """Text without blanks around it, empty when the key is missing."""
        value = self.keys.get(key, "")
        if isinstance(value, str):
            return value.strip()
        self.blame(key, f"write text in quotes, not {value!r}")
        return ""

    def needed(self, key: str) -> str:
        """Text that may not be empty."""
        value = self.text(key)
        if not value:
            self.blame(key, "is missing or blank: it is needed")
        return value

    def choice(self, key: str, allowed: Collection[str], default: str = "") -> str:
        """One of the allowed words; a problem, and the first of them, when it is none."""
        value = self.text(key) or default or self.needed(key)
        if value in allowed:
            return value
        self.blame(key, f"'{value}' is not known: {nearest(value, allowed)}")
        return next(iter(allowed), "")

    def period(self, key: str) -> Period | None:
        """A retention period; None when blank."""
        value = self.text(key)
        try:
            return parse_period(value) if value else None
        except PeriodError as error:
            self.blame(key, str(error))
            return None

    def day(self, key: str) -> date | None:
        """A date, as TOML writes it or as text; None when blank."""
        value = self.keys.get(key, "")
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value).strip()) if value else None
        except ValueError:
            self.blame(key, f"'{value}' is not a date: write it as 2026-03-31")
            return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none of them blank."""
        value = self.keys.get(key, [])
        if isinstance(value, list) and all(
            isinstance(text, str) and text.strip() for text in value
        ):
            return tuple(text.strip() for text in value)
        self.blame(key, 'write a list of texts, none blank, such as ["invoice", "receipt"]')
        return ()

    def table(self, key: str) -> "Entry":
        """The table below a key, empty when missing."""
        return self._below(self._place(key), self.keys.get(key, {}))

    def tables(self, key: str) -> list["Entry"]:
        """The tables of a list, each placed by its code or else by its number from 1."""
        value = self.keys.get(key, [])
        if isinstance(value, list):
            return [self._below(self._numbered(key, n, one), one) for n, one in enumerate(value, 1)]
        self.blame(key, f"write a list of tables, [[{key}]]")
        return []

    def _place(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _numbered(self, key: str, number: int, value: object) -> str:
        code = value.get("code") if isinstance(value, Mapping) else None
        place = self._place(key)
        return f"{place}.{code}" if isinstance(code, str) and code else f"{place}[{number}]"

    def _below(self, path: str, value: object) -> "Entry":
        if isinstance(value, Mapping):
            return Entry(value, path, self._problems)
        self._problems.setdefault(path, f"write a table with keys, not {value!r}")
        return Entry({}, path, self._problems)
