import re

import pytest

from retention_agent.audit.event import EVENT_TYPES, Event


def test_every_event_type_has_a_meaning_in_a_sentence():
    assert all(re.match(r"[A-Z].*\.$", meaning) for meaning in EVENT_TYPES.values())


def test_an_unknown_type_is_refused_and_the_nearest_named():
    with pytest.raises(ValueError, match="'deletio' is not an event type; did you mean 'deletion'"):
        Event("deletio", "record:1")
    with pytest.raises(ValueError, match="see EVENT_TYPES"):
        Event("zzz", "record:1")


@pytest.mark.parametrize("name", ["record", "record:", "record:a b", "person:alice", "a:/etc", ""])
def test_an_object_that_could_carry_a_name_or_path_is_refused(name):
    with pytest.raises(ValueError, match="names, paths and people belong in `private`"):
        Event("scan", name)


@pytest.mark.parametrize("name", ["record:12", "batch:B-7/0", "scan:1/3", "keyring:2", "log:a.b_c"])
def test_kinds_with_numbers_are_objects(name):
    assert Event("scan", name).object == name


@pytest.mark.parametrize("kind", ["facts", "private"])
def test_a_field_name_that_could_carry_text_is_refused(kind):
    with pytest.raises(ValueError, match="'Alice Smith' cannot be a field"):
        Event("scan", "scan:1", **{kind: {"Alice Smith": 1}})
