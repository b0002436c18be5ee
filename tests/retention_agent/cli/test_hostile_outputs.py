"""One mail whose every part attacks, through every output: terminal, CSV, workbook, page, text."""

import csv
import json
import os
import zipfile

import pytest

from retention_agent.sheets import read_sheets

ESCAPE = "\x1b]0;pwned\x07\x1b[31m"
BIDI = "\u202egnp.exe\u2066"
FORMULA = '=HYPERLINK("http://evil.example","x")'
MARKUP = '<script>alert(1)</script>{{7*7}}#read("/etc/passwd")'
NAME = f"{FORMULA[:10]}{BIDI}\x1b[31m<b>&.eml"
LONG = "\U00020000" * 62 + ".eml"
MAIL = (
    f"From: {FORMULA} {ESCAPE} <evil@example.org>\r\n"
    f"To: =?utf-8?b?PUNNRCgpChtbMzFt?= <ann@thornbridge.example>\r\n"
    "Date: Wed, 02 Apr 2014 10:00:00 +0000\r\n"
    f"Subject: {FORMULA} {ESCAPE} {BIDI} {MARKUP}\r\n"
    "Bcc: injected@example.org\r\n"
    "Message-ID: <a\x1b[2Jb@example.org>\r\n"
    'Content-Type: text/plain; charset="utf-8"\r\n'
    "\r\n"
    f"invoice {ESCAPE} {BIDI} {FORMULA} {MARKUP}\r\n"
)


@pytest.fixture(scope="module")
def desk(new_desk, tmp_path_factory):
    desk = new_desk(tmp_path_factory.mktemp("hostile"))
    desk.open()
    for name in (NAME, LONG):
        desk.file(f"<i>{BIDI}/{name}", MAIL.encode())
    desk.file(f"<i>{BIDI}/{FORMULA[:10]}\x1b[31m.zip", b"PK\x03\x04 damaged")
    desk.mail("fin/other.eml")
    desk.scan()
    numbers = [line["record"] for line in desk.ask("find", "invoice")]
    for number in numbers:
        desk.do("classify", number, "FIN-003", "--reference", "=CON/2014/001")
    yield desk
    for answer in desk.journal:
        for line in answer.text.split("\n"):
            assert line.isprintable(), ascii(line)


def clean(text):
    return "\x1b" not in text and "\x07" not in text and "\u202e" not in text


COMMANDS = (
    "status", "status --duplicates", "report", "report --by owner", "unreadable", "due",
    "find invoice", "find invoice --facets", "search batch terms.csv", "show 1 --text", "show 2",
    "explain 1", "trace eml", "notify", "hold list", "log list", "event references",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_terminal_and_a_program_get_one_harmless_line_for_each_thing(desk, command):
    (desk.folder / "terms.csv").write_text(f'term,name\ninvoice,"{BIDI} Smith"\n', "utf-8")
    words = command.split()
    text = desk.do(*words)
    assert clean(text.text)
    for line in desk.ask(*words):
        assert isinstance(line, dict)


def test_tables_for_spreadsheets_run_nothing(desk, tmp_path):
    (desk.folder / "terms.csv").write_text(f"term,name\ninvoice,'{FORMULA}'\n=1+1,\n", "utf-8")
    for number, command in enumerate(
        (
            ("unreadable", "--csv"),
            ("hold", "report", "--csv"),
            ("search", "batch", "terms.csv", "--output"),
            ("schedule", "export", "--output"),
        )
    ):
        file = tmp_path / f"{number}.csv"
        desk.run(*command, file)
        for cell in (cell for line in raw_rows(file) for cell in line):
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    book = tmp_path / "report.xlsx"
    desk.do("report", "--workbook", book)
    with zipfile.ZipFile(book) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
    assert all(read_sheets(book).values())


def raw_rows(file):
    with file.open(encoding="utf-8-sig", newline="") as opened:
        yield from csv.reader(opened)


def test_an_export_of_it_is_text_and_tables_that_do_nothing(desk, tmp_path):
    folder = tmp_path / "out"
    words = ("search", "export", "invoice", "--copies", "--request", f"{ESCAPE}{BIDI}")
    desk.do(*words, "--output", folder)
    for name in ("load-list.csv", "unread.csv"):
        for cell in (cell for line in raw_rows(folder / name) for cell in line):
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
        assert clean((folder / name).read_text("utf-8")), name
    assert clean((folder / "search-record.txt").read_text("utf-8"))
    record = json.loads((folder / "search-record.json").read_bytes())
    assert record["copies"]["copied"] == 3
    for path in (folder / "files").iterdir():
        assert path.parent == folder / "files"
        assert path.name.isprintable()
        assert len(os.fsencode(path.name)) <= 255


def test_the_page_of_the_report_holds_their_names_as_text(desk, tmp_path):
    file = tmp_path / "report.html"
    desk.do("report", "--html", file)
    text = file.read_text("utf-8")
    assert "<script" not in text
    assert "<i>" not in text
    assert "&lt;i&gt;" in text
    assert clean(text)


def test_a_batch_of_it_is_certified_in_json_and_on_pages(desk, tmp_path):
    numbers = [line["record"] for line in desk.ask("find", "invoice")][:2]
    batch = desk.propose(*numbers)
    sheet = tmp_path / "answers.csv"
    desk.do("review", batch, "--output", sheet)
    assert not [cell for line in raw_rows(sheet) for cell in line if cell.startswith(("=", "@"))]
    desk.approve(batch)
    desk.do("dispose", batch)
    desk.do("purge", batch)
    desk.do("certificate", batch, "--out", tmp_path / "c.json")
    assert (tmp_path / "c.json").read_bytes().isascii() or clean(
        (tmp_path / "c.json").read_text("utf-8")
    )
    for line in (desk.do("trace", "eml"), desk.do("review", batch, "--list")):
        assert clean(line.text)
    desk.do("verify")


def test_who_is_searched_for_is_not_in_the_log_in_clear(desk, tmp_path):
    secret = "Zebedee Quilt"
    desk.do("search", "person", "add", "sar-9", "--name", secret)
    desk.do("search", "save", "about-9", secret)
    desk.do("search", "run", "about-9", "--as", "ann")
    desk.do("search", "export", secret, "--as", "ann", "--output", tmp_path / "o")
    desk.do("trace", secret, "--request-received", "2026-01-01")
    desk.do("delegate", "omar", "--from", "2026-01-01", "--until", "2036-01-01",
            "--reason", secret, "--key", "ann.pem")  # fmt: skip
    for entry in desk.ask("log", "list", "--last", 10_000):
        entry.pop("opened")
        kept = json.dumps(entry)
        assert "Quilt" not in kept
        assert entry["type"] != "delegation" or "omar" not in kept
