"""What changes if one version of a schedule replaces another.

Classes are matched by code and compared field by field. For a period it also says which way it
moved, because a shorter one makes records due that were not.
"""

from dataclasses import dataclass

from policies.model import Rule, Schedule
from policies.period import Move, moved
from policies.schedule import rule_document


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs; a blank one is None."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A class that is in both versions and differs."""

    code: str
    fields: tuple[FieldChange, ...]
    period: Move


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between the classes of two schedules."""

    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[RuleChange, ...]


def compare(before: Schedule, after: Schedule) -> Difference:
    """Compare two schedules class by class."""
    return Difference(
        added=tuple(rule for code, rule in after.rules.items() if code not in before.rules),
        removed=tuple(rule for code, rule in before.rules.items() if code not in after.rules),
        changed=tuple(
            _change(rule, after.rules[code])
            for code, rule in before.rules.items()
            if code in after.rules and rule != after.rules[code]
        ),
    )


def _change(before: Rule, after: Rule) -> RuleChange:
    old, new = rule_document(before), rule_document(after)
    fields = tuple(
        FieldChange(key, old.get(key), new.get(key))
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
    )
    return RuleChange(before.code, fields, moved(before.period, after.period))
