"""Two hundred names nobody would choose, through every command; none steers a terminal.

Identity is raw bytes throughout: each file is found, kept or destroyed under its very own name.
"""

import base64
import csv
import io
import itertools
import os
import unicodedata

import pytest

LONG = 255
STEERING = [
    b"\x1b[2J\x1b[31mred", b"\x1b]0;title\x07", b"bell\x07", b"back\x08\x08\x08space", b"del\x7f",
    b"line\nfeed", b"carriage\rreturn", b"tab\tstop", b"vertical\x0btab", b"form\x0cfeed",
    "next\u0085line".encode(), "c1 \u009b31m".encode(), "separator\u2028line".encode(),
    "separator\u2029paragraph".encode(), "\u202egnp.exe".encode(), "\u2066isolate\u2069".encode(),
    "\u200fmark".encode(), "zero\u200bwidth".encode(), "joiner\u200d".encode(),
    "\ufefforder".encode(), "soft\u00adhyphen".encode(), "tag\U000e0041".encode(),
    "private\ue000".encode(), "unassigned\U000e0fff".encode(), "no-break\u00a0space".encode(),
]  # fmt: skip
NOT_UTF8 = [
    b"caf\xe9", b"\xff\xfe", b"\xc3", b"half\xed\xa0\x80surrogate", b"over\xc0\xaflong",
    b"\xf4\x90\x80\x80beyond", b"mixed \xc3\xa9 and \xe9", b"\x80\x81\x82",
]  # fmt: skip
FORMULAS = [b"=1+1", b"+44 1234", b"-2+3", b"@SUM(A1)", b"=cmd|' /C calc'!A0", b"'quoted", b"\t=1"]
PLAIN = [
    b" leading", b"trailing ", b"  ", b".", b"..hidden", b"-rf", b"--help", b"*", b"?", b"[a]",
    b"$(id)", b"`id`", b"%s%n", b"{0}", b"[bold]red[/]", b"<b>&amp;</b>", b"a;b", b"a,b", b'"',
    b"'", b"\\", b"\\x1b", b"\\u202e", b"|", b"~", b"#", b"!", b"CON", b"nul.txt", b"1", b"42",
    b"files:x", b"a:b", b"..", b"null", b"None", b"true",
]  # fmt: skip
TWINS = [
    unicodedata.normalize(form, "Ystâd Llŷn ŵy").encode() + b".eml" for form in ("NFC", "NFD")
] + [b"case.eml", b"CASE.eml", b"Case.eml"]
ENDINGS = [b".eml", b".txt", b""]


def names():
    """Two hundred different names, as they stand in a folder."""
    rare = [name for name in STEERING + NOT_UTF8 + FORMULAS + PLAIN if name not in {b".", b".."}]
    made = TWINS + [name + b".eml" for name in rare]
    made += [b"l" * (LONG - 4) + b".eml", "\u20ac".encode() * 83 + b".eml", b"\xff" * 251 + b".eml"]
    rest = itertools.product(rare, ENDINGS[1:])
    made += [name + ending for name, ending in rest]
    return list(dict.fromkeys(name[:LONG] for name in made))[:200]


NAMES = names()
FOLDERS = [b"fin", b"\x1b[31m folder \xff", "\u202efolder".encode(), b"=folder"]


@pytest.fixture(scope="module")
def desk(new_desk, tmp_path_factory):
    """All the names on a scanned share, in four folders."""
    desk = new_desk(tmp_path_factory.mktemp("torture"))
    desk.open()
    for number, name in enumerate(NAMES):
        desk.mail(path_of(number, name), f"Invoice number {number} of many.")
    yield desk
    check_output(desk.journal)


def path_of(number, name):
    return FOLDERS[number % len(FOLDERS)] + b"/" + name


PATHS = {path_of(number, name) for number, name in enumerate(NAMES)}


def check_output(journal):
    """No command may have printed anything that steers a terminal, nor half a character."""
    assert journal
    for answer in journal:
        for line in answer.text.split("\n"):
            assert line.isprintable(), ascii(line[:2_000])


def raw(document):
    coded = document.get("path_b64")
    return base64.b64decode(coded) if coded else document["path"].encode()


def on_share(desk):
    root = os.fsencode(desk.share)
    found = {
        os.path.relpath(os.path.join(folder, name), root)
        for folder, _, files in os.walk(root)
        for name in files
        if b".disposal-bin" not in folder
    }
    return found - {b".retention-share"}


def test_there_are_two_hundred_names_of_every_kind():
    assert len(NAMES) == 200
    assert max(map(len, NAMES)) == LONG


def test_every_name_is_scanned_found_explained_and_shown_as_it_is(desk):
    (scanned,) = desk.scan()
    assert (scanned["new"], scanned["complete"]) == (200, True)
    (again,) = desk.scan()
    assert (again["new"], again["unchanged"], again["moved"]) == (0, 200, 0)
    found = desk.ask("find", "invoice", "--limit", 1_000)
    emails = {path for path in PATHS if path.endswith(b".eml")}
    assert emails <= {raw(line) for line in found} <= PATHS
    desk.do("find", "invoice", "--limit", 1_000)
    numbers = {}
    for path in sorted(PATHS):
        (explained,) = desk.ask("explain", b"files:" + path)
        assert raw(explained) == path
        numbers[explained["record"]] = path
    assert len(numbers) == 200
    for number in itertools.islice(numbers, 0, None, 5):
        desk.do("explain", number)
        desk.do("show", number, "--text")


def test_each_is_held_destroyed_or_restored_under_its_own_name(desk):
    chosen = sorted(path for path in PATHS if path.endswith(b".eml"))[::3]
    for path in chosen:
        desk.do("classify", b"files:" + path, "FIN-003")
    due = {raw(line): line["record"] for line in desk.ask("due", "--action", "destroy")}
    assert set(due) == set(chosen)
    desk.do("due")
    held, wanted, back = chosen[0], chosen[1:], chosen[1:4]
    (placed,) = desk.ask(
        *("hold", "place", "h1", "--title", "t", "--authority", "a", "--reason", "r"),
        *("--review-by", "2999-01-01", "--path", b"files:" + held),
    )
    assert (placed["records"], placed["in_batches"]) == (1, 0)
    desk.do("explain", due[held])
    batch = desk.propose(*(due[path] for path in wanted))
    for person in ("ann", "omar"):
        desk.do("review", batch, "--person", person, "--all")
        (shown,) = desk.ask("review", batch, "--person", person, "--all")
        assert {raw(item) for item in shown["sample"]} == set(wanted)
        desk.do("approve", batch, "--key", f"{person}.pem")
    desk.do("dispose", batch)
    assert on_share(desk) == PATHS - set(wanted)
    for path in back:
        (restored,) = desk.ask("restore", due[path], "--reason", "needed")
        assert raw(restored) == path
    desk.do("purge", batch)
    gone = set(wanted) - set(back)
    assert on_share(desk) == PATHS - gone
    desk.do("certificate", batch)
    (document,) = desk.ask("certificate", batch)
    destroyed = {
        raw(item["manifest"]) for item in document["items"] if item["outcome"] == "destroyed"
    }
    assert destroyed == gone
    (scanned,) = desk.scan()
    assert (scanned["new"], scanned["vanished"], scanned["moved"]) == (0, 0, 0)


def test_evidence_about_them_is_exported_and_adds_up(desk):
    desk.do("status")
    desk.do("log", "list", "--last", 1_000)
    assert desk.do("verify", "--json").only["ok"] is True
    desk.do("log", "export", desk.folder / "evidence")
    assert desk.do("verify", desk.folder / "evidence", "--json").only["ok"] is True
    text = (desk.folder / "evidence/leaves.jsonl").read_bytes()
    assert all(line.isprintable() for line in text.decode().split("\n"))


def test_labels_made_in_a_spreadsheet_name_them_all(desk):
    rows = io.StringIO()
    writer = csv.writer(rows)
    writer.writerow(["path", "class", "path_b64"])
    for path in sorted(PATHS):
        writer.writerow(["", "FIN-003", base64.b64encode(b"files:" + path).decode()])
    (desk.folder / "labels.csv").write_text(rows.getvalue(), encoding="utf-8")
    assert desk.ask("evaluate", "labels.csv")[0]["documents"] == 200
    desk.do("evaluate", "labels.csv")
