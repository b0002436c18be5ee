r"""Finds case and file references by the patterns a council configures.

Patterns are RE2, so none of them can backtrack for ever on hostile text. Where a pattern has
a group, the first group is the reference; otherwise the whole match is. A pattern may be followed
by ` => ` and the reference to make of its groups, because names of files cannot hold a slash:
`HR[-_/](\d{4})[-_/](\d{4}) => HR/\1/\2`.

A reference in the name of a folder ties everything below it. Each name is looked at by itself, so
that no reference is read out of two folders that happen to follow each other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import re2

MOST = 200  # of one record; more is a list of cases, not a reference to some
LONGEST = 200
ARROW = " => "

_GROUP = re.compile(r"\\(\d)")


class PatternError(ValueError):
    """A reference pattern that RE2 cannot read."""


@dataclass(frozen=True, slots=True)
class Pattern:
    r"""An RE2 expression, and what to make of each match: a template such as `HR/\1/\2`."""

    expression: Any
    template: str


def compile_patterns(patterns: Sequence[str]) -> tuple[Pattern, ...]:
    """The patterns ready for use.

    Raises:
        PatternError: one of them is not an RE2 expression, or makes use of a group it has not.
    """
    return tuple(map(_compiled, patterns))


def find_references(patterns: Sequence[Pattern], path: str, text: str) -> dict[str, str]:
    """Each reference with where it stands: `name` (file or folder) or `text`; names come first."""
    found: dict[str, str] = {}
    fields = [*(("name", name) for name in reversed(path.split("/"))), ("text", text)]
    for origin, field in fields:
        for pattern in patterns:
            for reference in islice(_matches(pattern, field), MOST):
                found.setdefault(reference, origin)
    return dict(islice(found.items(), MOST))


def _compiled(pattern: str) -> Pattern:
    source, _, template = pattern.partition(ARROW)
    options = re2.Options()
    options.log_errors = False
    try:
        expression = re2.compile(source.strip(), options)
    except re2.error as error:
        fault = error.args[0].decode("utf-8", "replace")
        raise PatternError(f"{pattern!r} is no RE2 pattern: {fault}") from error
    template = template.strip() or ("\\1" if expression.groups else "\\0")
    used = [int(number) for number in _GROUP.findall(template)]
    if max(used, default=0) > expression.groups:
        raise PatternError(
            f"{pattern!r} makes use of group {max(used)} and has {expression.groups}"
        )
    return Pattern(expression, template)


def _matches(pattern: Pattern, field: str) -> Iterator[str]:
    for match in pattern.expression.finditer(field):
        reference = " ".join(_written(match, pattern.template).split())
        if 0 < len(reference) <= LONGEST:
            yield reference


def _written(match: Any, template: str) -> str:
    return _GROUP.sub(lambda number: match.group(int(number[1])) or "", template)
