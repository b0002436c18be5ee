"""The domain core: values in, decisions out; no I/O, no clock, no logging, no randomness."""

from policies.cutoff import CutOff, cut_off_day
from policies.decide import decide
from policies.difference import Difference, FieldChange, MoratoriumChange, RuleChange, compare
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
    Moratorium,
    Phase,
    Reason,
    Record,
    Rule,
    Sample,
    Schedule,
    Source,
    Term,
    Trust,
)
from policies.moratorium import classes_of, moratoria_on, stands
from policies.period import Move, Period, PeriodError, parse_period
from policies.sample import is_chosen, parse_sample
from policies.schedule import ScheduleError, parse_schedule, rule_document, to_document
from policies.simulate import Amount, Effect
from policies.tabular import CellProblem, TableError, from_rows, to_rows
from policies.trigger import TRIGGERS, TriggerKind, find_trigger
from policies.wording import kept_for
from policies.workbook import SHEETS, from_sheets, to_sheets

__all__ = [
    "ALLOWED",
    "REASON_MEANING",
    "SHEETS",
    "STATE_MEANING",
    "TRIGGERS",
    "Action",
    "Alternative",
    "Amount",
    "Authority",
    "CellProblem",
    "Considered",
    "CutOff",
    "DatedFact",
    "Decision",
    "Difference",
    "Effect",
    "Event",
    "FieldChange",
    "Hold",
    "HoldScope",
    "IllegalMove",
    "Moratorium",
    "MoratoriumChange",
    "Move",
    "Period",
    "PeriodError",
    "Phase",
    "Reason",
    "Record",
    "Rule",
    "RuleChange",
    "Sample",
    "Schedule",
    "ScheduleError",
    "Source",
    "State",
    "TableError",
    "Term",
    "TriggerKind",
    "Trust",
    "classes_of",
    "compare",
    "covers",
    "cut_off_day",
    "decide",
    "document",
    "find_trigger",
    "from_rows",
    "from_sheets",
    "holds_on",
    "in_force",
    "is_chosen",
    "kept_for",
    "moratoria_on",
    "parse_period",
    "parse_sample",
    "parse_schedule",
    "require_move",
    "rule_document",
    "sentence",
    "stands",
    "to_document",
    "to_rows",
    "to_sheets",
]
