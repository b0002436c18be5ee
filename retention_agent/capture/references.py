"""Finds case and file references by the patterns a council configures.

Patterns are RE2, so none of them can backtrack for ever on hostile text. Where a pattern has
a group, the first group is the reference; otherwise the whole match is.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import re2

MOST = 200  # of one record; more is a list of cases, not a reference to some
LONGEST = 200


class PatternError(ValueError):
    """A reference pattern that RE2 cannot read."""


def compile_patterns(patterns: Sequence[str]) -> tuple[Any, ...]:
    """The patterns ready for use.

    Raises:
        PatternError: one of them is not an RE2 expression.
    """
    options = re2.Options()
    options.log_errors = False
    compiled = []
    for pattern in patterns:
        try:
            compiled.append(re2.compile(pattern, options))
        except re2.error as error:
            fault = error.args[0].decode("utf-8", "replace")
            raise PatternError(f"reference pattern {pattern!r}: {fault}") from error
    return tuple(compiled)


def find_references(patterns: Sequence[Any], name: str, text: str) -> dict[str, str]:
    """Each reference with where it stands: `name` or `text`; the name is told first."""
    found: dict[str, str] = {}
    for origin, field in (("name", name), ("text", text)):
        for pattern in patterns:
            for reference in islice(_matches(pattern, field), MOST):
                found.setdefault(reference, origin)
    return dict(islice(found.items(), MOST))


def _matches(pattern: Any, field: str) -> Iterator[str]:
    group = 1 if pattern.groups else 0
    for match in pattern.finditer(field):
        reference = " ".join((match.group(group) or "").split())
        if 0 < len(reference) <= LONGEST:
            yield reference
