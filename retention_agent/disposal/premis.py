"""`metadata/premis.xml`: what happened to each file, by whose word, as PREMIS 3 has it.

Event types are terms of the PREMIS vocabulary. Each file is an object with its digests, size,
format and original name; the people appear with what they signed for; each class of the schedule
is a rights statement, because its authority is what lets the council hand the records over.
"""

from collections.abc import Sequence

from lxml import etree

from policies import Rule
from retention_agent.audit import statement
from retention_agent.disposal.dossier import Copy, Dossier
from retention_agent.shares.paths import display

NAMESPACE = "http://www.loc.gov/premis/v3"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES = {"premis": NAMESPACE, "xsi": _XSI}
_RECORD = "retention-agent record"
_EVENT = "retention-agent event"
_AGENT = "retention-agent agent"
_RULE = "retention schedule class"
_ALGORITHMS = {"sha256": "SHA-256", "sha512": "SHA-512"}
_SOFTWARE = "software"
_SOURCE = "organisation"

_Pair = tuple[str, str]


def premis(dossier: Dossier) -> bytes:
    """The PREMIS document of a bag."""
    root = etree.Element(etree.QName(NAMESPACE, "premis"), {"version": "3.0"}, _NAMESPACES)
    for copy in dossier.copies:
        _object(root, copy)
    for copy in dossier.copies:
        _file_events(root, dossier, copy)
    _batch_events(root, dossier)
    _agents(root, dossier)
    for rule in dossier.rules:
        _rights(root, dossier, rule)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _object(root: etree._Element, copy: Copy) -> None:
    element = _add(root, "object")
    element.set(etree.QName(_XSI, "type"), "premis:file")  # a name of the schema
    _identifier(element, "objectIdentifier", (_RECORD, str(copy.item.record)))
    facts = _add(element, "objectCharacteristics")
    _add(facts, "compositionLevel", "0")
    for algorithm, value in copy.written.digests.items():
        fixity = _add(facts, "fixity")
        _add(fixity, "messageDigestAlgorithm", _ALGORITHMS[algorithm])
        _add(fixity, "messageDigest", value)
    _add(facts, "size", str(copy.written.size))
    _format(facts, copy)
    _add(element, "originalName", copy.entry["path"])
    location = _add(_add(element, "storage"), "contentLocation")
    _add(location, "contentLocationType", "path in the bag")
    _add(location, "contentLocationValue", copy.written.path)
    for event in ("capture", "policy", "digest", "transfer"):
        number = event if event in {"digest", "transfer"} else f"{event}-{copy.item.record}"
        _identifier(element, "linkingEventIdentifier", (_EVENT, number))
    _identifier(element, "linkingRightsStatementIdentifier", (_RULE, copy.entry["class"]))


def _format(facts: etree._Element, copy: Copy) -> None:
    found = _add(facts, "format")
    designation = _add(found, "formatDesignation")
    _add(designation, "formatName", copy.row["media_type"] or "unknown")
    if copy.row["puid"]:
        registry = _add(found, "formatRegistry")
        _add(registry, "formatRegistryName", "PRONOM")
        _add(registry, "formatRegistryKey", copy.row["puid"])


def _file_events(root: etree._Element, dossier: Dossier, copy: Copy) -> None:
    record, entry = str(copy.item.record), copy.entry
    captured = _event(root, (f"capture-{record}", "capture"), copy.row["first_seen"])
    _detail(captured, f"first seen on share {entry['share']}, read and registered")
    _link(captured, [(_SOFTWARE, "executing program")], [copy])
    assigned = _event(root, (f"policy-{record}", "policy assignment"), dossier.batch["proposed"])
    _detail(
        assigned,
        f"class {entry['class']} ({entry['class_origin']}), rule {entry['rule']}:"
        f" {entry['action']} due {entry['due']}, by {entry['trigger']} on {entry['trigger_date']}"
        f" ({entry['trigger_origin']})",
    )
    _link(assigned, [(_SOFTWARE, "executing program")], [copy])


def _batch_events(root: etree._Element, dossier: Dossier) -> None:
    name = dossier.batch["id"]
    for number, signed in enumerate(dossier.statements):
        said = statement.read(signed)
        event = _event(root, (f"signed-{number}", "digital signature generation"), said.signed)
        _detail(event, f"{said.purpose}, {said.subject}")
        _link(event, [(said.person, "authorizer")] if said.person in dossier.people else [], ())
    digest = _event(root, ("digest", "message digest calculation"), dossier.made)
    _detail(digest, "worked out while copying, and again from the finished bag; the SHA-256 is the"
            " one that was approved")  # fmt: skip
    _outcome(digest, "success")
    _link(digest, [(_SOFTWARE, "executing program")], dossier.copies)
    handed = _event(root, ("transfer", "transfer"), dossier.made)
    _detail(handed, f"batch {name}, manifest root {dossier.batch['root']}, written as a bag")
    _outcome(handed, "success")
    agents = [(_SOFTWARE, "executing program"), (_SOURCE, "implementer")]
    _link(handed, agents, dossier.copies)


def _agents(root: etree._Element, dossier: Dossier) -> None:
    _agent(root, (_SOFTWARE, dossier.source.software), "software")
    _agent(root, (_SOURCE, dossier.source.organisation), "organization")
    signed: dict[str, list[str]] = {}
    for purpose, person in dossier.signers:
        signed.setdefault(person.id, []).append(purpose)
    for number, purposes in signed.items():
        person = dossier.people[number]
        agent = _agent(root, (number, person.name), "person")
        _add(agent, "agentNote", f"roles: {', '.join(sorted(person.roles))}")
        _add(agent, "agentNote", f"signed: {', '.join(sorted(set(purposes)))}")


def _agent(root: etree._Element, about: _Pair, kind: str) -> etree._Element:
    number, name = about
    agent = _add(root, "agent")
    _identifier(agent, "agentIdentifier", (_AGENT, number))
    _add(agent, "agentName", name)
    _add(agent, "agentType", kind)
    return agent


def _rights(root: etree._Element, dossier: Dossier, rule: Rule) -> None:
    said = _add(_add(root, "rights"), "rightsStatement")
    _identifier(said, "rightsStatementIdentifier", (_RULE, rule.code))
    by_statute = rule.authority.kind == "statutory"
    _add(said, "rightsBasis", "statute" if by_statute else "other")
    if by_statute:
        statute = _add(said, "statuteInformation")
        _add(statute, "statuteJurisdiction", dossier.schedule.jurisdiction or "unknown")
        _add(statute, "statuteCitation", rule.authority.citation)
    else:
        other = _add(said, "otherRightsInformation")
        _add(other, "otherRightsBasis", rule.authority.kind)
        _add(other, "otherRightsNote", rule.authority.citation)
    granted = _add(said, "rightsGranted")
    _add(granted, "act", "transfer")
    _add(granted, "rightsGrantedNote", f"{rule.title}; version {rule.version}, {rule.digest()}")
    for copy in dossier.copies:
        if copy.entry["class"] == rule.code:
            _identifier(said, "linkingObjectIdentifier", (_RECORD, str(copy.item.record)))


def _event(root: etree._Element, about: _Pair, when: str) -> etree._Element:
    number, kind = about
    event = _add(root, "event")
    _identifier(event, "eventIdentifier", (_EVENT, number))
    _add(event, "eventType", kind)
    _add(event, "eventDateTime", when)
    return event


def _detail(event: etree._Element, text: str) -> None:
    _add(_add(event, "eventDetailInformation"), "eventDetail", text)


def _outcome(event: etree._Element, text: str) -> None:
    _add(_add(event, "eventOutcomeInformation"), "eventOutcome", text)


def _link(event: etree._Element, agents: Sequence[_Pair], copies: Sequence[Copy]) -> None:
    for number, role in agents:
        linked = _identifier(event, "linkingAgentIdentifier", (_AGENT, number))
        _add(linked, "linkingAgentRole", role)
    for copy in copies:
        _identifier(event, "linkingObjectIdentifier", (_RECORD, str(copy.item.record)))


def _identifier(parent: etree._Element, name: str, pair: _Pair) -> etree._Element:
    element = _add(parent, name)
    kind, value = pair
    _add(element, f"{name}Type", kind)
    _add(element, f"{name}Value", value)
    return element


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, etree.QName(NAMESPACE, name))
    if text is not None:
        # what XML cannot hold, and what would steer whoever reads it, is shown as an escape
        printable = text.isprintable()
        element.text = text if printable else display(text.encode("utf-8", "surrogateescape"))
    return element
