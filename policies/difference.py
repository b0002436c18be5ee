"""What changes if one version of a schedule replaces another.

Classes are matched by code and compared field by field. For a period it also says which way it
moved, because a shorter one makes records due that were not. Moratoria are matched by id; one that
is removed or ended lets the records of its classes become due again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.model import Moratorium, Rule, Schedule
from policies.moratorium import moratorium_document
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
class MoratoriumChange:
    """A moratorium that is new, gone (None on that side), or differs."""

    id: str
    before: Moratorium | None
    after: Moratorium | None
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs between the classes and moratoria of two schedules."""

    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[RuleChange, ...]
    moratoria: tuple[MoratoriumChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moratoria)


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
        moratoria=_moratoria(before, after),
    )


def _moratoria(before: Schedule, after: Schedule) -> tuple[MoratoriumChange, ...]:
    old = {each.id: each for each in before.moratoria}
    new = {each.id: each for each in after.moratoria}
    return tuple(
        MoratoriumChange(name, old.get(name), new.get(name), _fields(old.get(name), new.get(name)))
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    )


def _fields(before: Moratorium | None, after: Moratorium | None) -> tuple[FieldChange, ...]:
    old = {} if before is None else moratorium_document(before)
    new = {} if after is None else moratorium_document(after)
    return _differing(old, new)


def _change(before: Rule, after: Rule) -> RuleChange:
    fields = _differing(rule_document(before), rule_document(after))
    return RuleChange(before.code, fields, moved(before.period, after.period))


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(key, old.get(key), new.get(key))
        for key in dict.fromkeys((*old, *new))
        if old.get(key) != new.get(key)
    )
