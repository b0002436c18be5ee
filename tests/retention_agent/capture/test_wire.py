import json
import os
import socket
import struct

import pytest

from retention_agent.capture.wire import (
    LONGEST_DOCUMENT,
    LONGEST_TEXT,
    BadMessage,
    Inbox,
    pack,
    receive_with_descriptors,
)


@pytest.mark.parametrize("piece", [1, 3, 8, 9, 1_000])
def test_messages_come_whole_however_they_are_cut(piece):
    stream = pack({"number": 1}, "one\x00") + pack({"number": 2}, "") + pack({}, "£ dŵr 💩")
    inbox = Inbox()
    messages = []
    for start in range(0, len(stream), piece):
        messages += inbox.feed(stream[start : start + piece])
    assert messages == [({"number": 1}, "one\x00"), ({"number": 2}, ""), ({}, "£ dŵr 💩")]
    assert not inbox.partial


def test_an_answer_that_has_begun_can_be_told_from_silence():
    inbox = Inbox()
    assert not inbox.partial
    assert list(inbox.feed(b"\x00")) == []
    assert inbox.partial


@pytest.mark.parametrize(
    "stream",
    [
        struct.pack(">II", LONGEST_DOCUMENT + 1, 0),
        struct.pack(">II", 2, LONGEST_TEXT + 1),
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 2, 0) + b"{]",
        struct.pack(">II", 2, 1) + b"{}\xff",
        struct.pack(">II", 200_000, 0) + b"[" * 200_000,
        struct.pack(">II", 5_002, 0) + b'{"a":' + b"9" * 4_996 + b"}",
    ],
)
def test_what_is_no_message_is_refused(stream):
    with pytest.raises(BadMessage):
        list(Inbox().feed(stream))


def test_too_long_a_message_is_not_sent():
    with pytest.raises(BadMessage):
        pack({"text": "x" * LONGEST_DOCUMENT})
    with pytest.raises(BadMessage):
        pack({}, "x" * (LONGEST_TEXT + 1))


def test_each_message_keeps_its_own_descriptors(tmp_path):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for number in range(3):
            path = tmp_path / str(number)
            path.write_text(f"file {number}")
            with open(path) as file, open(path) as other:
                descriptors = [file.fileno(), other.fileno()][: 1 + number % 2]
                socket.send_fds(ours, [pack({"number": number})], descriptors)
        for number in range(3):
            document, descriptors = receive_with_descriptors(theirs)
            assert document == {"number": number}
            assert len(descriptors) == 1 + number % 2
            for descriptor in descriptors:
                assert os.read(descriptor, 100) == f"file {number}".encode()
                assert not os.get_inheritable(descriptor)
                os.close(descriptor)
        ours.close()
        assert receive_with_descriptors(theirs) is None


def test_half_characters_do_not_travel():
    ((document, text),) = Inbox().feed(pack({"name": "a\ud800"}, "\udfffb"))
    assert (document, text) == ({"name": "a?"}, "?b")
    assert json.dumps(document)
