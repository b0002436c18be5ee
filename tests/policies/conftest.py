"""Builders for the values decisions are made from, each with defaults that make a record due."""

from collections.abc import Callable
from datetime import date

import pytest

from policies import (
    Action,
    Authority,
    CutOff,
    DatedFact,
    Hold,
    HoldScope,
    Moratorium,
    Period,
    Record,
    Rule,
    Schedule,
    Trust,
)


@pytest.fixture
def make_rule() -> Callable[..., Rule]:
    def build(**changes: object) -> Rule:
        values: dict[str, object] = {
            "code": "FIN-001",
            "function": "finance",
            "title": "Invoices",
            "scope": "Invoices paid",
            "trigger": "created",
            "cut_off": CutOff.NONE,
            "period": Period(years=6),
            "action": Action.DESTROY,
            "authority": Authority("Limitation Act 1980 s.2", "limitation"),
        }
        return Rule(**{**values, **changes})

    return build


@pytest.fixture
def make_schedule() -> Callable[..., Schedule]:
    def build(*rules: Rule, **changes: object) -> Schedule:
        values: dict[str, object] = {
            "title": "Schedule of Anytown",
            "version": "3",
            "rules": {rule.code: rule for rule in rules},
            "functions": {"finance": "Finance"},
            "adopted": frozenset(rule.code for rule in rules),
        }
        return Schedule(**{**values, **changes})

    return build


@pytest.fixture
def make_record() -> Callable[..., Record]:
    def build(**changes: object) -> Record:
        created = DatedFact(date(2018, 5, 12), "pdf:CreationDate", Trust.EVIDENCED)
        values: dict[str, object] = {
            "id": "17",
            "share": "finance",
            "path": b"invoices/2018/0001.pdf",
            "record_class": "FIN-001",
            "references": frozenset({"CON-1"}),
            "dates": {"created": created},
            "facts": {},
            "fields": {"Author": "Jo Smith"},
            "first_seen": date(2020, 1, 1),
            "readable": True,
        }
        return Record(**{**values, **changes})

    return build


@pytest.fixture
def make_hold() -> Callable[..., Hold]:
    def build(scope: HoldScope, **changes: object) -> Hold:
        values: dict[str, object] = {
            "id": "H1",
            "title": "Claim of Smith",
            "authority": "Head of Legal",
            "reason": "Litigation",
            "review_by": date(2026, 1, 1),
            "placed": date(2024, 1, 1),
            "scope": scope,
        }
        return Hold(**{**values, **changes})

    return build


@pytest.fixture
def make_moratorium() -> Callable[..., Moratorium]:
    def build(**changes: object) -> Moratorium:
        values: dict[str, object] = {
            "id": "INQ-1",
            "title": "An inquiry",
            "authority": "The inquiry's chair",
            "citation": "Inquiries Act 2005 s.35",
            "classes": ("FIN-001",),
            "functions": (),
            "begins": date(2020, 1, 1),
            "review_by": date(2026, 1, 1),
        }
        return Moratorium(**{**values, **changes})

    return build
