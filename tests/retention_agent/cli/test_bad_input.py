"""Bad input is answered with what is wrong, where, and the nearest right one; nothing changes."""

import pytest

HOLD = ("hold", "place", "h", "--title", "t", "--authority", "a", "--reason", "r",
        "--review-by", "2999-01-01")  # fmt: skip
NOT_UTF8 = b"caf\xff"
LARGE = "9" * 30


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        (["scann"], 2, "Did you mean 'scan'?"),
        (["nothing-like-it"], 2, "No such command"),
        (["scan", "--jsno"], 2, "'--json'"),
        (["scan", "filez"], 2, "did you mean 'files'?"),
        (["due", "--as-of", "tomorrow"], 2, "write it as 2026-11-23"),
        (["due", "--as-of", "2026-02-30"], 2, "write it as 2026-11-23"),
        (["due", "--share", "filez"], 2, "did you mean 'files'?"),
        (["find", "a AND ("], 2, "nothing stands inside this bracket"),
        (["find", "--share", "filez", "x"], 2, "did you mean 'files'?"),
        (["find", "--class", "fin-03", "x"], 2, "did you mean 'FIN-0"),
        (["search", "run", "none"], 2, "no search is called 'none'"),
        (["search", "export", "x", "--output", "ann.pem"], 2, "is a file"),
        (["find", "x", "--as", "an"], 2, "it has ann, omar, rita, sol"),
        (["find", "x", "--person", "none"], 2, "no person is called 'none'"),
        (["unreadable", "--reason", "encryptd"], 2, "did you mean 'encrypted'?"),
        (["unreadable", "retry", "999"], 2, "no record is numbered 999"),
        (["report", "--by", "ownr"], 2, "Did you mean 'owner'?"),
        (["trace", "999"], 2, "no record is numbered 999"),
        (["trace", "x", "--request-received", "2999-01-01"], 2, "lies in the future"),
        (["trace", "x", "--regime", "fio"], 2, "Did you mean 'foi'?"),
        (["review", "B2026-0001", "--list"], 2, "no batch is called 'B2026-0001'"),
        (["transfer", "export", "B1", "--to", "new"], 2, "no batch is called 'B1'"),
        (["transfer", "receipt", "B1", "none.csv"], 2, "none.csv: cannot be read"),
        (["certificate", "B1"], 2, "no batch is called 'B1'"),
        (["delegate", "oma", "--from", "2026-01-01", "--until", "2036-01-01", "--reason", "r",
          "--key", "ann.pem"], 2, "did you mean 'omar'?"),
        (["delegate", "omar", "--from", "2026-02-01", "--until", "2026-01-01", "--reason", "r",
          "--key", "ann.pem"], 2, "is before the first day"),
        (["event", "import", "none.csv"], 2, "none.csv: cannot be read"),
        (["event", "undo", "9"], 2, "no list in force is numbered 9"),
        (["hold", "diff", "none"], 2, "no hold is called 'none'"),
        (["hold", "review", "none", "--next-date", "2030-01-01", "--note", "n"], 2, "no active"),
        (["explain", "999"], 2, "no record is numbered 999"),
        (["explain", LARGE], 2, "no record stands at"),
        (["explain", "fin/none.eml"], 2, "no record stands at"),
        (["classify", "1", "FIN-03"], 2, "did you mean 'FIN-0"),
        (["classify", "1"], 2, "give a RECORD with a CLASS"),
        (["classify", "--all", "1", "FIN-003"], 2, "give a RECORD with a CLASS"),
        (["classify", "1", "--reference", "  "], 2, "it is blank"),
        (["event", "withdraw", "7"], 2, "no event in force is numbered 7"),
        (["event", "withdraw", LARGE], 2, "no number of this register"),
        (["event", "fact", "--reference", " ", "--fact", "x", "--true"], 2, "it is blank"),
        (["event", "fact", "--reference", "x", "--fact", "x"], 2, "--true or --false"),
        (["event", "fact", "--reference", "x", "--fact", "subject-has-dyed", "--true"], 2, "mean"),
        ([*HOLD], 2, "the scope of a hold is empty"),
        ([*HOLD, "--path", "fin/"], 2, "write a path as SHARE:PATH"),
        ([*HOLD, "--path", "files:../other"], 2, "leads out of the share"),
        ([*HOLD, "--path", "filez:fin"], 2, "did you mean 'files'?"),
        ([*HOLD, "--class", "FIN-03"], 2, "did you mean 'FIN-0"),
        ([*HOLD, "--class", " "], 2, "it is blank"),
        ([*HOLD, "--field", "author"], 2, "NAME=PATTERN"),
        ([*HOLD, "--field", "author="], 2, "blank value"),
        ([*HOLD, "--field", "author=a*", "--field", "author=b*"], 2, "given twice"),
        (["hold", "place", "h 1", *HOLD[3:], "--path", "files:"], 2, "cannot name a hold"),
        (["hold", "release", "x", "--reason", "r", "--key", "ann.pem"], 2, "no active hold"),
        (["review", "B2026-0009", "--person", "ann"], 2, "no batch is called"),
        (["approve", "B2026-0009", "--key", "ann.pem"], 2, "no batch is called"),
        (["reject", "B2026-0009", "--reason", "r", "--key", "ann.pem"], 2, "no batch is called"),
        (["dispose", "B2026-0009"], 2, "no batch is called"),
        (["purge", "B2026-0009"], 2, "no batch is called"),
        (["certificate", "B2026-0009"], 2, "no batch is called"),
        (["certificate", "B1", "--out", "no/such/folder.json"], 2, "there is no folder"),
        (["restore", "1", "--reason", "r"], 2, "is in no batch"),
        (["restore", "1", "--reason", " "], 2, "it is blank"),
        (["propose", "files", "--record", "99", "--key", "rita.pem"], 2, "has no record 99"),
        (["propose", "files", "--key", "ann.pem"], 4, "has not the role requester"),
        (["propose", "filez", "--key", "rita.pem"], 2, "did you mean 'files'?"),
        (["person", "remove", "nobody"], 2, "it has ann, omar, rita, sol"),
        (["person", "add", "none.pub", "--name", "N", "--role", "approver"], 2, "cannot be read"),
        (["person", "add", "ann.pem.pub", "--name", " ", "--role", "approver"], 2, "it is blank"),
        (["person", "add", "ann.pem.pub", "--name", "N", "--role", "adoptr"], 2, "mean 'adopter'"),
        (["key", "new", "Ann Archer", "--out", "k.pem"], 2, "such as ann.archer"),
        (["key", "new", "ann", "--out", "ann.pem"], 2, "no key is ever overwritten"),
        (["key", "show", "ann", "--key", "none.pem"], 2, "the key cannot be read"),
        (["schedule", "check", "none.toml"], 2, "none.toml: cannot be read"),
        (["schedule", "diff"], 2, "there is no draft to compare"),
        (["schedule", "adopt", "--key", "ann.pem"], 2, "no draft waits for adoption"),
        (["evaluate", "none.csv"], 2, "none.csv: cannot be read"),
        (["share", "add", "files=share"], 4, "called 'files' already"),
        (["share", "add", "other=share"], 2, "it lies on share 'files' already"),
        (["share", "add", "other"], 2, "write a share as NAME=PATH"),
        (["share", "add", "other=nowhere"], 2, "there is no such folder"),
        (["share", "add", "a:b=site"], 2, "may not hold"),
        (["share", "enable", "filez"], 2, "did you mean 'files'?"),
        (["share", "unfreeze", "files", "--reason", "r"], 4, "is not frozen"),
        (["verify", "--checkpoint", "note.txt"], 2, "cannot be read"),
        (["status", "--config", "other.toml"], 2, "there is no such file"),
        (["log", "list", "--last", "0"], 2, "not in the range"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_and_nothing_is_changed(office, command, code, message):
    before = office.only_log()
    answer = office.do(*command, code=code)
    assert message in " ".join(answer.err.split())
    assert answer.out == ""
    assert office.only_log() == before


@pytest.mark.parametrize(
    "command",
    [
        ["explain", NOT_UTF8], ["show", NOT_UTF8], ["classify", "1", NOT_UTF8],
        ["classify", "1", "--reference", NOT_UTF8], ["restore", NOT_UTF8, "--reason", "r"],
        ["event", "add", "--reference", NOT_UTF8, "--trigger", "closed", "--on", "2020-01-01"],
        ["event", "add", "--reference", "x", "--trigger", NOT_UTF8, "--on", "2020-01-01"],
        ["event", "fact", "--reference", NOT_UTF8, "--fact", "x", "--true"],
        ["hold", "place", NOT_UTF8, *HOLD[3:], "--path", "files:"],
        [*HOLD[:4], NOT_UTF8, *HOLD[5:], "--path", "files:"],
        [*HOLD, "--reference", NOT_UTF8], [*HOLD, "--field", b"author=" + NOT_UTF8],
        [*HOLD, "--path", NOT_UTF8 + b":x"], [*HOLD, "--class", NOT_UTF8],
        ["hold", "release", NOT_UTF8, "--reason", "r", "--key", "ann.pem"],
        ["review", NOT_UTF8, "--person", "ann"], ["review", "B1", "--person", NOT_UTF8],
        ["approve", NOT_UTF8, "--key", "ann.pem"], ["approve", "B1", "--key", NOT_UTF8],
        ["reject", "B1", "--reason", NOT_UTF8, "--key", "ann.pem"],
        ["dispose", NOT_UTF8], ["purge", NOT_UTF8], ["certificate", NOT_UTF8],
        ["key", "new", NOT_UTF8, "--out", "k.pem"], ["key", "show", NOT_UTF8, "--key", "ann.pem"],
        ["person", "add", NOT_UTF8, "--name", "x", "--role", "approver"],
        ["person", "add", "ann.pem.pub", "--name", NOT_UTF8, "--role", "approver"],
        ["person", "remove", NOT_UTF8], ["share", "add", NOT_UTF8 + b"=share"],
        ["share", "add", b"n=" + NOT_UTF8], ["share", "enable", NOT_UTF8],
        ["share", "unfreeze", "files", "--reason", NOT_UTF8], ["scan", NOT_UTF8],
        ["schedule", "check", NOT_UTF8], ["schedule", "import", NOT_UTF8], ["evaluate", NOT_UTF8],
        ["due", "--share", NOT_UTF8], ["due", "--as-of", NOT_UTF8],
        ["status", "--config", NOT_UTF8],
        ["log", "list", "--object", NOT_UTF8], ["verify", NOT_UTF8],
        ["init", "--dir", "x", "--organisation", NOT_UTF8],
        ["init", "--dir", "x", "--share", NOT_UTF8 + b"=share"], [NOT_UTF8],
    ],
)  # fmt: skip
def test_an_argument_that_is_not_utf8_is_answered_and_never_printed_raw(office, command):
    answer = office.do(*command, code=2)
    assert "retention:" in answer.err
    answer.err.encode()  # the raw byte would be half a surrogate pair, which nothing can print


@pytest.mark.parametrize("steering", ["\x1b[31mred", "a\nb", "\u202egnp.exe", "\x9b1m", "\x07"])
@pytest.mark.parametrize(
    "command",
    [["{}"], ["scan", "{}"], ["explain", "{}"], ["find", "x{}\""], ["dispose", "{}"],
     ["due", "--as-of", "{}"], ["status", "--config", "{}"], ["key", "show", "a", "--key", "{}"],
     ["schedule", "check", "{}"], ["scan", "--{}"], ["hold", "release", "{}", "--reason", "r",
     "--key", "ann.pem"]],
)  # fmt: skip
def test_what_steers_a_terminal_is_shown_as_an_escape(office, command, steering):
    answer = office.do(*(part.format(steering) for part in command), code=2)
    assert all(line.isprintable() for line in answer.text.splitlines())
    assert steering not in answer.text


def test_a_caret_stands_under_the_place_of_a_mistake_in_a_query(office):
    lines = office.do("find", 'budget AND "2019', code=2).err.splitlines()
    assert lines[1] == '  budget AND "2019'
    assert lines[2].index("^") == lines[1].index('"')


def test_the_caret_stands_right_after_wide_and_steering_characters_too(office):
    lines = office.do("find", '預算\x1b "', code=2).err.splitlines()
    assert lines[1] == '  預算\\x1b "'
    assert lines[2] == "  " + " " * len("xxxx\\x1b ") + "^"


def test_of_a_query_that_is_far_too_long_only_the_place_is_shown(office):
    answer = office.do("find", "a" * 100_000, code=2)
    assert max(map(len, answer.err.splitlines())) < 100


def test_a_private_key_is_never_printed_though_it_was_given_for_a_public_one(office):
    answer = office.do("person", "add", "ann.pem", "--name", "A", "--role", "approver", code=2)
    assert "ann.pem.pub" in answer.err
    assert "BEGIN" not in answer.err


def test_an_event_in_the_future_has_not_happened(office):
    answer = office.do(
        *("event", "add", "--reference", "x", "--trigger", "closed", "--on", "2999-01-01"), code=2
    )
    assert "lies in the future" in answer.err


def test_an_event_without_a_reference_is_refused(office):
    answer = office.do(
        *("event", "add", "--reference", " ", "--trigger", "closed", "--on", "2020-01-01"), code=2
    )
    assert "--reference" in answer.err


def test_a_wrong_passphrase_is_told_from_a_file_that_is_no_key(office):
    office.environment["RETENTION_PASSPHRASE"] = "wrong"
    try:
        wrong = office.do("propose", "files", "--key", "rita.pem", code=2)
    finally:
        del office.environment["RETENTION_PASSPHRASE"]
    assert "the passphrase is wrong" in wrong.err
    other = office.do("propose", "files", "--key", "share/note.txt", code=2)
    assert "is not an Ed25519 private key" in other.err


def test_a_key_of_nobody_in_the_keyring_is_refused(office):
    office.do("key", "new", "eve", "--out", "eve.pem")
    answer = office.do("propose", "files", "--key", "eve.pem", code=4)
    assert "this key is nobody's" in answer.err
