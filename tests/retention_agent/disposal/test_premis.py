"""The PREMIS document of a bag: by the schema where it is at hand, by its structure everywhere.

RETENTION_PREMIS_XSD names the PREMIS 3.0 schema as the Library of Congress publishes it.
"""

import os

import pytest
from lxml import etree

from policies import Action
from retention_agent.disposal.transfer import export

NS = {"p": "http://www.loc.gov/premis/v3", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
ODD = (b"\x1b[31m\xff<&>.txt", "\u202e\u0085é.txt".encode())


@pytest.fixture
def document(council, minutes, bag):
    name = minutes("a/one.txt", *ODD, puid="fmt/19")
    council.work(export, name, bag, minutes.source)
    return etree.parse(bag / "metadata/premis.xml").getroot()


@pytest.fixture
def schema(not_run):
    place = os.environ.get("RETENTION_PREMIS_XSD") or not_run(
        "PREMIS documents were not held against their schema: set RETENTION_PREMIS_XSD"
    )
    return etree.XMLSchema(etree.parse(place))


def texts(element, path):
    return [each.text for each in element.xpath(path, namespaces=NS)]


def test_it_fits_the_schema(document, schema):
    schema.assertValid(document)


def test_it_has_objects_then_events_then_agents_then_rights(document):
    order = [etree.QName(child).localname for child in document]
    assert order == sorted(order, key=["object", "event", "agent", "rights"].index)
    assert document.get("version") == "3.0"
    assert etree.QName(document).namespace == NS["p"]


def test_each_file_is_an_object_with_digests_size_format_and_its_name(document, bag):
    objects = document.xpath("p:object[@xsi:type='premis:file']", namespaces=NS)
    assert len(objects) == 3
    for found in objects:
        assert texts(found, ".//p:messageDigestAlgorithm") == ["SHA-256", "SHA-512"]
        (path,) = texts(found, ".//p:contentLocationValue")
        assert texts(found, ".//p:size") == [str((bag / path).stat().st_size)]
        assert texts(found, ".//p:formatName") == ["text/plain"]
        assert texts(found, ".//p:formatRegistryName") == ["PRONOM"]
        assert texts(found, ".//p:formatRegistryKey") == ["fmt/19"]
    assert all(name.isprintable() for name in texts(document, ".//p:originalName"))


def test_a_format_nobody_knows_has_no_registry(council, minutes, bag):
    council.work(export, minutes("one.txt", media_type=None), bag, minutes.source)
    document = etree.parse(bag / "metadata/premis.xml").getroot()
    assert texts(document, ".//p:formatName") == ["unknown"]
    assert texts(document, ".//p:formatRegistry") == []


def test_events_use_the_words_of_the_vocabulary_and_every_link_leads_somewhere(document):
    assert set(texts(document, "p:event/p:eventType")) == {
        "capture",
        "policy assignment",
        "digital signature generation",
        "message digest calculation",
        "transfer",
    }
    for kind in ("Event", "Agent", "Object"):
        there = set(texts(document, f".//p:{kind.lower()}IdentifierValue"))
        assert set(texts(document, f".//p:linking{kind}IdentifierValue")) <= there


def test_people_appear_with_their_roles_and_what_they_signed(document):
    agents = {
        texts(agent, "p:agentName")[0]: texts(agent, "p:agentNote")
        for agent in document.xpath("p:agent", namespaces=NS)
    }
    assert agents["Rita"] == ["roles: requester", "signed: request-batch"]
    assert agents["Omar"][1] == "signed: approve-batch, review-sample"
    assert agents["Retention Agent 1"] == []


def test_the_authority_of_each_class_is_a_rights_statement(document):
    assert texts(document, ".//p:rightsBasis") == ["other"]
    assert texts(document, ".//p:otherRightsNote") == ["Limitation Act 1980 s.2"]
    assert texts(document, ".//p:act") == ["transfer"]
    assert len(document.xpath("//p:rightsStatement/p:linkingObjectIdentifier", namespaces=NS)) == 3


def test_a_statutory_authority_is_a_statute(council, minutes, bag, adopt):
    adopt("statutory")
    council.work(export, minutes("one.txt"), bag, minutes.source)
    document = etree.parse(bag / "metadata/premis.xml").getroot()
    assert texts(document, ".//p:rightsBasis") == ["statute"]
    assert texts(document, ".//p:statuteCitation") == ["Local Government Act 1972 s.224"]
    assert texts(document, ".//p:statuteJurisdiction") == ["England"]


def test_each_class_of_a_bag_names_its_own_files(council, bag, minutes):
    numbers = [council.add(f"{code}.txt", record_class=code) for code in ("FIN-4", "FIN-5")]
    name = council.propose(*numbers, action=Action.TRANSFER).batch
    council.approve(name)
    council.work(export, name, bag, minutes.source)
    document = etree.parse(bag / "metadata/premis.xml").getroot()
    said = {
        texts(each, ".//p:rightsStatementIdentifierValue")[0]: texts(
            each, ".//p:linkingObjectIdentifierValue"
        )
        for each in document.xpath("p:rights", namespaces=NS)
    }
    assert said == {"FIN-4": [str(numbers[0])], "FIN-5": [str(numbers[1])]}
