"""What the log may say: event types, and the shape of one event.

* Types follow PREMIS 3 where its vocabulary has the word (capture, deletion, …); the rest are local
  terms. A type that is not in `EVENT_TYPES` is refused, so the list is complete.
* No name, path or person stands in clear in a leaf (UK GDPR article 17: a log that nobody can
  edit must not hold what someone may have to erase). Those go into `private`: the leaf keeps a
  salted commitment, the clear text stays in a table that can be erased.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Fact = int | str | bool
JSON = None | bool | int | str | list["JSON"] | dict[str, "JSON"]

EVENT_TYPES: Mapping[str, str] = {
    # the service
    "service initialisation": "The state folder, the log and the service key were made.",
    "clock confirmation": "A person found the clock to be right after it seemed to have jumped.",
    "evidence export": "A bundle of evidence was written.",
    "opening erasure": "Clear text behind the commitments of named leaves was erased.",
    # shares and scans
    "share registration": "A share was put under management.",
    "share freeze": "Disposal from a share was stopped, with the reason.",
    "share release": "A frozen share may be disposed from again.",
    "scan": "A share was walked; facts count what was new, changed, moved and gone.",
    "filename change": "A file was found under another name.",
    "disappearance": "A complete scan did not find a file that was there before.",
    # capture
    "capture": "A file was read, identified, described and registered.",
    "classification": "A record was given a class, by a person or by rules.",
    # schedule, triggers, holds
    "schedule import": "A retention schedule was read in as a draft.",
    "schedule adoption": "A retention schedule was put in force by two signatures.",
    "trigger event": "Something that starts a retention period was recorded.",
    "trigger event withdrawal": "A trigger event entered by mistake was withdrawn.",
    "event list": "A list of events and facts was entered; facts count them.",
    "event list withdrawal": "A list of events and facts entered by mistake was withdrawn.",
    "fact record": "A fact that a rule asks for was recorded as true or false.",
    "reference assignment": "Records were tied to a case, person, asset or contract.",
    "hold placement": "A hold was placed.",
    "hold review": "A hold was reviewed and still stands; facts give the next date.",
    "hold report": "What a hold covers was reported; facts give the SHA-256 of the report.",
    "hold release": "A hold was released by two people; its days of grace began.",
    # searches
    "search record": "What a search found was exported; facts give the SHA-256 of its record.",
    "data subject change": "Names to find a person by were added, withdrawn or erased.",
    # proposal and approval
    "disposal request": "A batch was proposed for disposal.",
    "review sample": "A reviewer was shown the sample drawn from a batch.",
    "disposal rejection": "A batch was rejected.",
    "batch expiry": "A batch was not approved in time.",
    "digital signature generation": "A person's signature was received; facts give its SHA-256.",
    "keyring activation": "A version of the keyring came into force; facts give its digest.",
    "notification": "A person was sent a digest of what waits; facts count its warnings.",
    # disposal
    "disposal state change": "An item of a batch moved along its lifecycle; facts say from and to.",
    "deletion": "A file was destroyed. The object is `batch:<id>/<number>`; nothing else uses it.",
    "transfer export": "A bag of a batch was written and read again; facts give its digest.",
    "accession": "The archive's answer about an item of a batch was received.",
    "index purge": "The text of destroyed records was removed from the search index.",
    "destruction after request": "Somebody answering a request for information found that what "
    "matches it went, or was on its way, on or after the day the request was received.",
    "certificate issue": "A certificate was issued; facts give the SHA-256 of its document.",
}

_OBJECT = re.compile(r"[a-z][a-z-]*:[A-Za-z0-9][A-Za-z0-9._/-]*")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, ready to be appended to the log."""

    type: str
    """one of `EVENT_TYPES`"""
    object: str
    """what it happened to, as kind and number: `record:12`, `batch:B7`, `batch:B7/0`, `scan:1/3`"""
    outcome: str = "success"
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """stands in clear for ever: counts, codes, digests of documents; no name, path or person"""
    private: Mapping[str, JSON] = field(default_factory=dict)
    """names, paths, people, digests of files: committed to, with clear text that can be erased"""

    def __post_init__(self) -> None:
        if self.type not in EVENT_TYPES:
            near = difflib.get_close_matches(self.type, EVENT_TYPES, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "; see EVENT_TYPES"
            raise ValueError(f"{self.type!r} is not an event type{hint}")
        if not _OBJECT.fullmatch(self.object) or self.object.startswith("person:"):
            raise ValueError(
                f"{self.object!r} cannot be an event's object: write kind:number; "
                "names, paths and people belong in `private`"
            )
        for name in (*self.facts, *self.private):
            if not _FIELD.fullmatch(name):
                raise ValueError(f"{name!r} cannot be a field: use lower case and underscores")
