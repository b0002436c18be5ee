"""A rule in plain words."""

from dataclasses import replace

import pytest

from policies import TRIGGERS, Action, Alternative, Authority, CutOff, Period, Rule, kept_for

RULE = Rule(
    code="FIN-1",
    function="finance",
    title="Invoices",
    scope="",
    trigger="created",
    cut_off=CutOff.FINANCIAL_YEAR,
    period=Period(6),
    action=Action.DESTROY,
    authority=Authority("Limitation Act 1980 s.2", "limitation"),
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            f"6 years after the end of the financial year of {TRIGGERS['created'].meaning}",
        ),
        (
            {"cut_off": CutOff.NONE, "trigger": "contract_end"},
            "6 years after the day the contract, loan or agreement ended",
        ),
        ({"cut_off": CutOff.NONE, "trigger": "not_known_here"}, "6 years after not known here"),
        ({"period": None}, "for ever"),
    ],
)
def test_a_rule_says_how_long_it_keeps_its_records(changes, words):
    assert kept_for(replace(RULE, **changes)) == words


@pytest.mark.parametrize(
    ("when", "said"), [("", "under seal"), ("made as a deed", "made as a deed")]
)
def test_another_period_is_named_with_what_it_depends_on(when, said):
    other = Alternative("under_seal", "contract_end", CutOff.NONE, Period(12), when)
    rule = replace(RULE, cut_off=CutOff.NONE, trigger="contract_end", alternatives=(other,))
    day = "after the day the contract, loan or agreement ended"
    assert kept_for(rule) == f"6 years {day}; if {said}, 12 years {day}"
