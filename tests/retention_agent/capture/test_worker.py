"""The worker's side of the conversation, in this process."""

import json
import os
import socket
import threading
from dataclasses import replace

import pytest

from retention_agent.capture.description import Failure, NotRead, failure_from_document
from retention_agent.capture.fixity import OpenFile
from retention_agent.capture.settings import to_document
from retention_agent.capture.wire import LONGEST_TEXT, Inbox, pack
from retention_agent.capture.worker import _prepare, _settings, serve

LIBRARYS = "FileNotFoundError: [Errno 2] a library's"


@pytest.fixture
def conversation(tmp_path):
    """Gives one file to a worker that describes by the function given; returns its answers."""

    def converse(describe):
        ours, theirs = socket.socketpair()
        path = tmp_path / "file"
        path.write_text("content")
        with ours, theirs, open(path) as file:
            for number in (1, 2):
                job = pack({"number": number, "path": "ZmlsZQ==", "lost": ""})
                socket.send_fds(ours, [job], [file.fileno()])
            ours.shutdown(socket.SHUT_WR)
            worker = threading.Thread(target=serve, args=(theirs, describe))
            worker.start()
            worker.join()
            return list(Inbox().feed(ours.recv(1 << 20)))

    return converse


def raising(error):
    def describe(_file, _path, _lost):
        raise error

    return describe


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (NotRead(Failure("in-use", "cut", again=True)), Failure("in-use", "cut", again=True)),
        (FileNotFoundError(2, "a library's"), Failure("program-fault", LIBRARYS)),
        (RuntimeError("a bug"), Failure("program-fault", "RuntimeError: a bug")),
        (RecursionError("deep"), Failure("program-fault", "RecursionError: deep")),
    ],
)
def test_whatever_one_file_brings_out_the_next_is_answered(error, failure, conversation):
    hello, *answers = [document for document, _ in conversation(raising(error))]
    assert hello == {"number": 0}
    assert [answer["number"] for answer in answers] == [1, 2]
    assert all(failure_from_document(answer["failure"]) == failure for answer in answers)


def test_the_worker_leaves_no_descriptor_open(conversation):
    before = sorted(os.listdir("/proc/self/fd"))
    conversation(raising(RuntimeError("a bug")))
    assert sorted(os.listdir("/proc/self/fd")) == before


def test_a_worker_without_memory_answers_nothing_more(tmp_path):
    ours, theirs = socket.socketpair()
    path = tmp_path / "file"
    path.write_text("content")
    with ours, theirs, open(path) as file:
        socket.send_fds(
            ours, [pack({"number": 1, "path": "ZmlsZQ==", "lost": ""})], [file.fileno()]
        )
        with pytest.raises(MemoryError):
            serve(theirs, raising(MemoryError()))
        assert [document for document, _ in Inbox().feed(ours.recv(1 << 20))] == [{"number": 0}]


def test_the_settings_come_as_a_descriptor_and_prepare_the_worker(settings, tmp_path):
    document = tmp_path / "settings.json"
    document.write_text(json.dumps(to_document(settings)))
    ours, theirs = socket.socketpair()
    with ours, theirs, open(document) as file:
        socket.send_fds(ours, [pack({})], [file.fileno()])
        assert _settings(theirs) == settings
        ours.close()
        with pytest.raises(SystemExit, match="the parent is gone"):
            _settings(theirs)


def test_the_real_worker_describes_once_it_is_prepared(settings, tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("a note")
    describe = _prepare(settings)
    with open(path) as file:
        assert describe(OpenFile(file.fileno()), b"note.txt", "").text == "a note"


def test_an_answer_longer_than_the_parent_takes_is_a_reason(conversation, settings):
    describe = _prepare(settings)

    def at_length(file, path, lost):
        return replace(describe(file, path, lost), text="x" * (LONGEST_TEXT + 1))

    _, (answer, _), _ = conversation(at_length)
    assert failure_from_document(answer["failure"]) == Failure("answer-too-large")
    _, (answer, text), _ = conversation(describe)
    assert (answer["number"], text) == (1, "content")
