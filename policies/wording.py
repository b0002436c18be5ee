"""A rule in the words of somebody who has never seen a schedule."""

from policies.cutoff import CutOff
from policies.model import Rule
from policies.period import Period
from policies.trigger import TRIGGERS


def kept_for(rule: Rule) -> str:
    """How long the rule keeps its records: `6 years after the end of the financial year of …`.

    Where another period may apply, it is named with what it depends on.
    """
    if rule.period is None:
        return "for ever"
    terms = [_term(rule.period, rule.cut_off, rule.trigger)]
    terms += [
        f"if {each.when or each.fact.replace('_', ' ')},"
        f" {_term(each.period, each.cut_off, each.trigger)}"
        for each in rule.alternatives
    ]
    return "; ".join(terms)


def _term(period: Period, cut_off: CutOff, trigger: str) -> str:
    year = "" if cut_off is CutOff.NONE else f"the end of the {str(cut_off).replace('-', ' ')} of "
    known = TRIGGERS.get(trigger)
    day = known.meaning if known else trigger.replace("_", " ")
    return f"{period.in_words()} after {year}{day}"
