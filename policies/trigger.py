"""Triggers: which date starts a period.

Rules enforced here:

- `created` and `last_modified` are read from the record's own dates. Every other trigger needs an
  event whose reference is one of the record's; an event matches by reference or not at all.
- Where several events of one trigger match, the latest counts: a contract that was extended did
  not end on the first day somebody wrote down.
- A record with several references may belong to a matter that is still open. Until each of them
  has the event, the date is no proof: a person must look.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from policies.model import DatedFact, Event, Record, Trust


@dataclass(frozen=True, slots=True)
class TriggerKind:
    """A row of the table: a trigger, what it means, and whether the record itself carries it."""

    name: str
    meaning: str
    own_date: bool = False


_TABLE = (
    TriggerKind("created", "the day the record was created or received", own_date=True),
    TriggerKind("last_modified", "the day the record was last changed", own_date=True),
    TriggerKind("closed", "the day the file, request or matter was closed"),
    TriggerKind("case_closed", "the day a person's case or an enforcement case was closed"),
    TriggerKind("date_of_birth", "the birth date of the person the record is about"),
    TriggerKind("date_of_death", "the death date of the person the record is about"),
    TriggerKind("employment_end", "the day the employment ended"),
    TriggerKind("office_end", "the day a term of office or an appointment ended"),
    TriggerKind("membership_end", "the day a membership, enrolment or use of a service ended"),
    TriggerKind("contract_end", "the day the contract, loan or agreement ended"),
    TriggerKind("tenancy_end", "the day the tenancy ended"),
    TriggerKind("expiry", "the day a licence, policy, lease, order or funding period expired"),
    TriggerKind("decision", "the day of the decision or determination"),
    TriggerKind("order_made", "the day a court or statutory order was made"),
    TriggerKind("adopted", "the day a policy or plan was adopted"),
    TriggerKind("completion", "the day works, a transaction or a project completed"),
    TriggerKind("event_date", "the day of the event, visit, meeting, election or incident"),
    TriggerKind("last_entry", "the day of the last entry in a register or record"),
    TriggerKind("last_action", "the day of the last contact, action or payment"),
    TriggerKind("superseded", "the day it was replaced by a newer version or no longer needed"),
    TriggerKind("disposal_of_asset", "the day the asset, building or system was disposed of"),
)

TRIGGERS: Mapping[str, TriggerKind] = MappingProxyType({kind.name: kind for kind in _TABLE})


def find_trigger(trigger: str, record: Record, events: Iterable[Event]) -> DatedFact | None:
    """The date that starts the period, or None where nobody has it yet."""
    if has_own_date(trigger):
        return record.dates.get(trigger)
    matching = [
        event
        for event in events
        if event.trigger == trigger and event.reference in record.references
    ]
    if not matching:
        return None
    complete = {event.reference for event in matching} == record.references
    return DatedFact(
        on=max(event.on for event in matching),
        origin=f"event:{trigger}",
        trust=Trust.EVIDENCED if complete else Trust.PARTIAL,
    )


def has_own_date(trigger: str) -> bool:
    """Whether the record itself carries the date of this trigger."""
    return trigger in TRIGGERS and TRIGGERS[trigger].own_date
