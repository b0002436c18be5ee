"""The domain core: values in, decisions out; no I/O, no clock, no logging, no randomness."""

from policies.cutoff import CutOff, cut_off_day
from policies.decide import decide
from policies.difference import Difference, FieldChange, RuleChange, compare
from policies.explain import REASON_MEANING, document, sentence
from policies.hold import covers, holds_on, in_force
from policies.lifecycle import ALLOWED, STATE_MEANING, IllegalMove, State, require_move
from policies.model import (
    Action,
    Alternative,
    Authority,
    Considered,
    DatedFact,
    Decision,
    Event,
    Hold,
    HoldScope,
    Reason,
    Record,
    Rule,
    Schedule,
    Source,
    Term,
    Trust,
)
from policies.period import Move, Period, PeriodError, parse_period
from policies.schedule import ScheduleError, parse_schedule, rule_document, to_document
from policies.tabular import CellProblem, TableError, from_rows, to_rows
from policies.trigger import TRIGGERS, TriggerKind, find_trigger
from policies.wording import kept_for

__all__ = [
    "ALLOWED",
    "REASON_MEANING",
    "STATE_MEANING",
    "TRIGGERS",
    "Action",
    "Alternative",
    "Authority",
    "CellProblem",
    "Considered",
    "CutOff",
    "DatedFact",
    "Decision",
    "Difference",
    "Event",
    "FieldChange",
    "Hold",
    "HoldScope",
    "IllegalMove",
    "Move",
    "Period",
    "PeriodError",
    "Reason",
    "Record",
    "Rule",
    "RuleChange",
    "Schedule",
    "ScheduleError",
    "Source",
    "State",
    "TableError",
    "Term",
    "TriggerKind",
    "Trust",
    "compare",
    "covers",
    "cut_off_day",
    "decide",
    "document",
    "find_trigger",
    "from_rows",
    "holds_on",
    "in_force",
    "kept_for",
    "parse_period",
    "parse_schedule",
    "require_move",
    "rule_document",
    "sentence",
    "to_document",
    "to_rows",
]
