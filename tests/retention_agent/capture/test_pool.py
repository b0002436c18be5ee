"""Hanging, bursting, dying and lying workers cost their own file and nothing else."""

import gc
import os
import resource
import time

import pytest

from classifiers.model import Organisation
from retention_agent.capture.description import Description, Failure, NotRead
from retention_agent.capture.reader import CaptureUnavailable


def read_all(pool, files):
    with pool:
        return {file.path: outcome for file, outcome in filter(None, pool.read(files))}


def one(pool, files, content):
    (outcome,) = read_all(pool, files(content)).values()
    return outcome


def test_every_file_is_answered_with_its_own_content(fake_pool, files):
    made = files(*(f"file number {number}" for number in range(300)))
    outcomes = read_all(fake_pool(), made)
    assert [outcomes[file.path].text for file in made] == [
        f"file number {number}" for number in range(300)
    ]


@pytest.mark.parametrize(
    ("content", "seconds", "failure"),
    [
        ("hang", 1.0, Failure("time-limit")),
        ("spin", 1.0, Failure("time-limit")),
        ("trickle 0.1", 0.5, Failure("time-limit")),
        ("hog", 20.0, Failure("memory-limit")),
        ("die SIGSEGV", 20.0, Failure("worker-died", "ended by SIGSEGV")),
        ("die SIGKILL", 20.0, Failure("worker-died", "ended by SIGKILL")),
        ("leave 3", 20.0, Failure("worker-died", "ended with status 3")),
        ("close", 20.0, Failure("worker-died", "it closed its end")),
        ("babble", 20.0, Failure("worker-died", "its answer is none: too long a message")),
        ("guess 99", 20.0, Failure("worker-died", "its answer is none: nothing was asked")),
        ("lie {}", 20.0, Failure("worker-died", "its answer is none: KeyError: 'fingerprint'")),
    ],
)
def test_a_misbehaving_worker_costs_one_file(
    content, seconds, failure, fake_pool, files, monkeypatch
):
    monkeypatch.setattr("retention_agent.capture.reader.END_SECONDS", 1.0)
    made = files(content, "before", "after", "later")
    outcomes = read_all(fake_pool(seconds=seconds, workers=1), made)
    assert outcomes.pop(made[0].path) == failure
    assert sorted(outcome.text for outcome in outcomes.values()) == ["after", "before", "later"]


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        ("changed", Failure("changed-while-read", "10 bytes read of 12", again=True)),
        ("fail EIO", Failure("read-error", "EIO: Input/output error")),
        ("fail ESTALE", Failure("vanished", "ESTALE: Stale file handle", again=True)),
        ("long 11000000", Failure("answer-too-large")),
    ],
)
def test_a_worker_that_gives_a_reason_is_kept(content, failure, fake_pool, files):
    with fake_pool(workers=1) as pool:
        outcomes = dict(filter(None, pool.read(files(content, "after"))))
        assert [reader.given for reader in pool._readers] == [2]
    assert next(iter(outcomes.values())) == failure


@pytest.mark.parametrize("spare", [3, 4, 5, 6, 7, 8, 9, 10])
def test_too_few_descriptors_end_it_with_advice_and_leave_none_open(fake_pool, files, spare):
    made = files(*("x" for _ in range(40)))
    gc.collect()  # what other tests left open is not ours
    before = open_descriptors()
    pool = fake_pool(workers=8)
    free = [number for number in range(1_000) if str(number) not in open_descriptors()]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free[spare], hard))
    try:
        with pool, pytest.raises(CaptureUnavailable, match="Too many open files") as caught:
            list(pool.read(made))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert "fewer workers" in caught.value.diagnosis[0]
    del caught
    gc.collect()
    assert open_descriptors() == before


def test_ten_million_of_the_longest_characters_come_through(fake_pool, files):
    outcome = one(fake_pool(), files, "long 10000000")
    assert isinstance(outcome, Description)
    assert len(outcome.text) == 10_000_000


def test_half_a_character_becomes_a_question_mark(fake_pool, files):
    assert one(fake_pool(), files, "half").text == "half ? a character"


def test_what_libraries_print_goes_nowhere(fake_pool, files, capfd):
    assert one(fake_pool(), files, "flood 30").text == "said enough"
    assert capfd.readouterr() == ("", "")


def test_a_caller_slower_than_the_limit_loses_no_file(fake_pool, files):
    made = files(*(["fine"] * 12))
    outcomes = []
    with fake_pool(seconds=0.5) as pool:
        for read in filter(None, pool.read(made)):
            outcomes.append(read[1])
            if len(outcomes) in {1, 6}:
                time.sleep(0.8)
    assert [outcome.text for outcome in outcomes] == ["fine"] * 12


def test_one_poisoned_file_in_a_hundred_costs_only_itself(fake_pool, files):
    contents = ["die SIGSEGV" if number % 100 == 50 else "fine" for number in range(300)]
    made = files(*contents)
    outcomes = read_all(fake_pool(), made)
    lost = [file for file in made if isinstance(outcomes[file.path], Failure)]
    assert lost == [made[50], made[150], made[250]]


def test_files_that_waited_behind_a_lost_one_are_not_blamed(fake_pool, files):
    contents = ["leave 1", "leave 2", "leave 3", "leave 4", "fine"]
    outcomes = read_all(fake_pool(workers=1), files(*contents))
    assert sorted(getattr(each, "detail", "") for each in outcomes.values()) == [
        "",
        *(f"ended with status {status}" for status in (1, 2, 3, 4)),
    ]


def test_a_worker_is_replaced_after_its_share_of_files(fake_pool, files):
    with fake_pool(workers=1, files_per_worker=10) as pool:
        started = []
        pool._start = lambda start=pool._start: started.append(1) or start()
        outcomes = dict(filter(None, pool.read(files(*(["fine"] * 35)))))
    assert len(outcomes) == 35
    assert len(started) == 4


def test_no_more_files_are_open_than_the_workers_can_hold(fake_pool, files):
    made = files(*(["fine"] * 60))
    before = open_descriptors()
    with fake_pool() as pool:
        most = max(len(open_descriptors()) for _ in pool.read(made))
    assert most < len(before) + 20
    assert open_descriptors() == before


def test_leaving_early_ends_workers_and_closes_files(fake_pool, files):
    before = open_descriptors()
    with fake_pool() as pool:
        for read in pool.read(files("fine", *(["hang"] * 20))):
            if read:
                break
        processes = [reader._process for reader in pool._readers]
    assert open_descriptors() == before
    assert all(process.returncode is not None for process in processes)


def test_a_pool_can_be_used_again_after_leaving_early(fake_pool, files):
    made = files("fine", "hang", "fine", "fine")
    with fake_pool() as pool:
        next(pool.read(made[:2]))
        outcomes = dict(filter(None, pool.read(made[2:])))
    assert [outcome.text for outcome in outcomes.values()] == ["fine", "fine"]


def test_a_worker_that_died_idle_is_replaced(fake_pool, files):
    made = files(*(["fine"] * 5))
    with fake_pool() as pool:
        assert len(list(filter(None, pool.read(made[:2])))) == 2
        idle = pool._readers[1]
        idle._process.kill()
        idle._process.wait()
        outcomes = [outcome for _, outcome in filter(None, pool.read(made[2:3]))]
        assert idle not in pool._readers
        outcomes += [outcome for _, outcome in filter(None, pool.read(made[3:]))]
    assert [outcome.text for outcome in outcomes] == ["fine"] * 3


def test_files_that_cannot_be_opened_are_handed_back_at_once(fake_pool, files):
    class Forbidden:
        path = b"secret"

        def open(self):
            raise NotRead(Failure("permission-denied"))

    (made,) = files("fine")
    with fake_pool() as pool:
        outcomes = [outcome for _, outcome in filter(None, pool.read([Forbidden(), made]))]
    assert outcomes[0] == Failure("permission-denied")
    assert outcomes[1].text == "fine"


def test_nothing_comes_now_and_then_while_every_worker_is_busy(fake_pool, files):
    with fake_pool(seconds=3.0) as pool:
        assert next(pool.read(files("hang"))) is None


@pytest.mark.parametrize(
    ("name", "state", "words"),
    [
        ("Dies at the start", "ended with status 1", "this installation is broken\n"),
        ("Hangs at the start", "not ready after 2 seconds", ""),
    ],
)
def test_a_worker_that_cannot_start_is_no_fault_of_a_file(
    name, state, words, fake_pool, files, monkeypatch
):
    monkeypatch.setattr("retention_agent.capture.reader.START_SECONDS", 2.0)
    with fake_pool(organisation=Organisation(name)) as pool:
        with pytest.raises(CaptureUnavailable, match=f"the worker {state}") as caught:
            list(pool.read(files("fine")))
        assert caught.value.diagnosis == (words,)


def open_descriptors():
    return sorted(os.listdir("/proc/self/fd"))
