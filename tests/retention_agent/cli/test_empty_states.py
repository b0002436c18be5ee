"""A site on its first day: every command that looks says what there is not, and what comes next."""

import pytest

LOOKS = {
    "status": "No share was scanned yet. Next: retention scan",
    "status --duplicates": "0 contents stand more than once",
    "report": "Next: retention scan",
    "unreadable": "0 files could not be read",
    "unreadable retry": "0 files tried again",
    "find anything": "Nothing was read yet. Next: retention scan",
    "find anything --facets": "No file is in scope.",
    "search list": "Keep one with: retention search save NAME QUERY",
    "search person list": "Next: retention search person add ID --name NAME",
    "due": "retention schedule adopt --key FILE",
    "hold list": "Place one with: retention hold place NAME",
    "hold report": "There are no holds in force.",
    "event list": "event",
    "event lists": "Next: retention event import",
    "event references": "0 records have other references now",
    "transfer list": "Next: retention transfer export BATCH",
    "notify --failed": "Nothing failed.",
    "trace anything": "No scan of share files ever saw everything on it.",
    "person list": "Begin with: retention key new",
    "log list": "service initialisation",
}


@pytest.fixture(scope="module")
def first(new_desk, tmp_path_factory):
    desk = new_desk(tmp_path_factory.mktemp("first"))
    desk.start()
    return desk


@pytest.mark.parametrize("command", LOOKS)
def test_it_says_what_there_is_not_and_what_comes_next(first, command):
    answer = first.do(*command.split())
    assert LOOKS[command] in " ".join(answer.text.split())
    assert "\x1b" not in answer.text


@pytest.mark.parametrize("command", LOOKS)
def test_for_programs_there_is_json_or_nothing(first, command):
    assert all(isinstance(line, dict) for line in first.ask(*command.split()))


def test_who_waits_cannot_be_told_before_there_is_a_keyring(first):
    assert "Have two people sign version 1" in first.do("notify", code=2).err
