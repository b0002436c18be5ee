import json
import math
from dataclasses import replace

import pytest

from retention_agent.capture.description import (
    Description,
    Failure,
    Unlike,
    failure_from_document,
    from_document,
    to_document,
    usable_day,
)
from retention_agent.capture.fixity import Fingerprint

EVIDENCE = {"kind": "heading", "field": "content", "detail": "MINUTES", "weight": 5.0}
DESCRIPTION = Description(
    fingerprint=Fingerprint(1, 2, 3, 4, 5),
    sha256="ab" * 32,
    media_type="application/vnd.ms-excel.sheet.macroEnabled.12",
    puid="fmt/214",
    identification={
        "basis": "magic",
        "puid_basis": "container",
        "reader": "builtin",
        "warnings": ["odd"],
    },
    title="A title",
    metadata={"author": "A. Clerk"},
    dates=[{"kind": "created", "on": "2019-03-04T10:00:00+00:00", "origin": "pdf:CreationDate"}],
    partial=False,
    record_class="GOV-001",
    class_origin="automatic",
    confidence=0.95,
    classification={
        "evidence": [EVIDENCE],
        "suggestions": [{"record_class": "GOV-001", "score": 9.0, "evidence": [EVIDENCE]}],
        "margin": 9.0,
        "text_quality": "good",
        "reason": "agreeing-evidence",
    },
    references={"HR-1": "name"},
    unreadable=None,
    detail="",
    text="the text",
)


def document(**changes):
    return {**to_document(DESCRIPTION), **changes}


def test_a_description_survives_the_way_to_the_parent():
    assert from_document(json.loads(json.dumps(document())), "the text") == DESCRIPTION


def test_what_is_not_known_of_is_dropped():
    assert from_document(document(state="destroyed", id=7), "the text") == DESCRIPTION


def test_the_text_travels_apart():
    assert "text" not in document()


@pytest.mark.parametrize("missing", sorted(document()))
def test_a_missing_field_is_refused(missing):
    incomplete = document()
    del incomplete[missing]
    with pytest.raises(Unlike):
        from_document(incomplete, "")


@pytest.mark.parametrize(
    "changes",
    [
        {"fingerprint": {"device": 1}},
        {"fingerprint": {**to_document(DESCRIPTION)["fingerprint"], "size": 1 << 63}},
        {"fingerprint": {**to_document(DESCRIPTION)["fingerprint"], "size": True}},
        {"fingerprint": {**to_document(DESCRIPTION)["fingerprint"], "inode": 1.5}},
        {"sha256": "AB" * 32},
        {"sha256": "ab"},
        {"media_type": "Mrs A. Example, 1 High Street"},
        {"media_type": "text/plain\n"},
        {"puid": "secret"},
        {"identification": []},
        {"identification": {"basis": "a", "puid_basis": "b", "reader": "", "warnings": [1]}},
        {"title": None},
        {"title": "half \ud800"},
        {"metadata": ["author"]},
        {"metadata": {"author": 1}},
        {"dates": [{"kind": "born", "on": "2019-01-01", "origin": ""}]},
        {"dates": [{"kind": "created", "on": "yesterday", "origin": ""}]},
        {"dates": {"kind": "created"}},
        {"partial": 0},
        {"record_class": 7},
        {"record_class": "a name of a person"},
        {"class_origin": "manual"},
        {"confidence": "high"},
        {"confidence": math.nan},
        {"confidence": math.inf},
        {"confidence": 2.0},
        {"confidence": True},
        {"record_class": None},
        {"class_origin": "suggested"},
        {"classification": None},
        {"classification": {**DESCRIPTION.classification, "text_quality": "fine"}},
        {"classification": {**DESCRIPTION.classification, "evidence": [{"kind": "heading"}]}},
        {"references": {"HR-1": "manual"}},
        {"references": [["HR-1", "name"]]},
        {"unreadable": "Because of Mrs Example"},
        {"detail": 1},
    ],
)
def test_a_field_of_another_kind_is_refused(changes):
    with pytest.raises(Unlike):
        from_document(document(**changes), "")


@pytest.mark.parametrize("whole", [None, [], "text", 1])
def test_what_is_no_object_is_refused(whole):
    with pytest.raises(Unlike):
        from_document(whole, "")
    with pytest.raises(Unlike):
        failure_from_document(whole)


def test_a_failure_needs_a_reason_on_the_list():
    told = {"reason": "in-use", "detail": "EAGAIN", "again": True}
    assert failure_from_document(told) == Failure("in-use", "EAGAIN", again=True)
    with pytest.raises(Unlike):
        failure_from_document({**told, "reason": "made up"})
    with pytest.raises(Unlike):
        failure_from_document({"reason": "in-use"})


def test_a_class_is_given_only_automatically():
    suggested = replace(DESCRIPTION, record_class=None, class_origin="suggested")
    assert from_document(to_document(suggested), "the text") == suggested


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        ("2019-03-04", True),
        ("2019-03-04T10:00:00", True),
        ("2019-03-04T10:00:00+01:00", True),
        ("2019-03-04 10:00:00", False),
        ("20190304", True),
        ("2019-02-30", False),
        ("1601-01-01", False),
        ("9999-12-31T23:59:59-14:00", False),
        ("", False),
    ],
)
def test_only_days_the_register_can_reckon_with_are_used(text, usable):
    assert usable_day(text) is usable
