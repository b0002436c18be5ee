"""Answering on the command line and by a filled list; what it shows and what it refuses."""

import csv

import pytest

from retention_agent.sheets import read_rows, to_csv, to_workbook


@pytest.fixture
def batch(case):
    made = case.desk.propose(case.one, case.two)
    for person in ("ann", "omar"):
        case.desk.do("review", made, "--person", person)
    return made


def test_a_folder_is_approved_by_two_and_an_item_kept(case, batch):
    do, ask = case.desk.do, case.desk.ask
    kept = do(
        *("answer", batch, "extend", "--item", 1, "--until", "2036-03-31"),
        *("--reason", "appeal", "--key", "ann.pem"),
    )
    assert kept.out.startswith(f"Batch {batch}, items answered: 1 extend.\n")
    (first,) = ask("answer", batch, "approve", "--folder", case.name, "--key", "ann.pem")
    assert first == {
        "batch": batch,
        "answered": {"approve": 1},
        "not_moved": 0,
        "approved": 0,
        "waiting": 1,
    }
    second = do("answer", batch, "approve", "--all", "--key", "omar.pem")
    assert f"Next: retention dispose {batch}; what still waits then is kept." in second.out
    assert case.desk.ask("explain", case.two)[0]["reason"] == "extended"
    zero, one = ask("review", batch, "--list")
    assert (zero["result"], zero["answers"]) == ("approved", {"ann": "approve", "omar": "approve"})
    assert (one["result"], one["answers"]["ann"]) == ("kept", "extend 2036-03-31")
    assert "1 approved, 1 kept. No answer keeps an item." in do("review", batch, "--list").out
    assert ask("review", batch, "--folders")[0]["files"] == 2
    assert case.name in do("review", batch, "--folders").out
    assert "nothing lies there" in do("review", batch, "--list", "--folder", "elsewhere").out
    assert do("dispose", batch).out == f"Batch {batch}: 1 kept, 1 waiting\n"
    do("purge", batch)
    assert "Outcome: 1 destroyed, 1 kept" in do("certificate", batch).out
    assert "Asked for by rita; approved by ann and omar." in do("certificate", batch).out
    assert "EVERYTHING ADDS UP" in do("verify").out


def test_a_dry_run_shows_the_counts_and_does_nothing(case, batch):
    before = case.desk.only_log()
    told = case.desk.do(
        *("answer", batch, "reject", "--all", "--reason", "wrong", "--key", "ann.pem"), "--dry-run"
    )
    assert told.out.startswith(f"Batch {batch}, items would be answered: 2 reject.\n")
    assert case.desk.only_log() == before
    assert case.desk.state_of(case.one) == "proposed"


def test_a_reclassified_record_is_found_by_its_new_class(case, batch):
    case.desk.do(
        *("answer", batch, "reclassify", "--item", 0, "--class", "FIN-004"),
        *("--reason", "a grant", "--key", "ann.pem"),
    )
    found = {line["record"] for line in case.desk.ask("find", "class:FIN-004")}
    assert case.one in found


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_list_filled_in_is_taken_whole(case, batch, ending):
    blank, filled = f"{case.name}.{ending}", f"{case.name}-filled.{ending}"
    told = case.desk.do("review", batch, "--output", blank)
    assert told.out.startswith(f"2 items are in {blank}.")
    heading, *rows = read_rows(case.desk.folder / blank)
    fill = {"": ("approve", ""), "1": ("exclude", "museum")}
    for row in rows:
        cells = dict(zip(heading, row, strict=True))
        if cells["folder"] == f"/{case.name}/" and cells["item"] in fill:
            row[heading.index("answer")], row[heading.index("reason")] = fill[cells["item"]]
    write(case, filled, [heading, *rows])
    (said,) = case.desk.ask("answer", batch, "--from", filled, "--key", "ann.pem")
    assert said["answered"] == {"approve": 1, "exclude": 1}
    assert case.desk.state_of(case.two) == "deferred"
    assert (case.desk.folder / blank).stat().st_mode & 0o077 == 0
    assert "is there already" in case.desk.do("review", batch, "--output", blank, code=2).err


def write(case, name, rows):
    content = to_workbook({"A": rows}) if name.endswith("xlsx") else to_csv(rows).encode()
    (case.desk.folder / name).write_bytes(content)


def test_every_mistake_in_a_list_is_told_by_row_and_column(case, batch):
    heading = ["batch", "item", "folder", "record", "answer", "reason"]
    rows = [
        ["B1999-0001", "0", "", case.one, "approve", ""],
        [batch, "1", "", case.one, "approve", ""],
        [batch, "", "nowhere", "", "approve", ""],
        [batch, "0", "", case.one, "burn", ""],
        [batch, "0", "", case.one, "approve", ""],
        [batch, "0", "", case.one, "approve", ""],
        [batch, "1", "", case.two, "", ""],
    ]
    write(case, f"{case.name}.csv", [heading, *rows])
    told = case.desk.do(
        "answer", batch, "--from", f"{case.name}.csv", "--key", "ann.pem", code=2
    ).err
    for text in (
        "5 mistake(s) in the list; nothing was done",
        "row 2, column batch: 'B1999-0001' is another batch",
        "row 3, column item: not an item of the batch, or of another record",
        "row 4, column folder: not a folder of the batch",
        "row 5, column answer: 'burn' is none of approve, destroy",
        "row 7, column item: answered in an earlier row already",
    ):
        assert text in told
    assert case.desk.state_of(case.one) == "proposed"


@pytest.mark.parametrize("rows", [[["a", "b"]], []])
def test_a_list_without_our_heading_is_refused(case, batch, rows):
    write(case, f"{case.name}.csv", rows)
    told = case.desk.do(
        "answer", batch, "--from", f"{case.name}.csv", "--key", "ann.pem", code=2
    ).err
    assert "the first row must be the heading" in told


def test_a_list_without_answers_is_refused(case, batch):
    case.desk.do("review", batch, "--output", f"{case.name}.csv")
    told = case.desk.do(
        "answer", batch, "--from", f"{case.name}.csv", "--key", "ann.pem", code=2
    ).err
    assert "no row has an answer" in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("approve",),
        ("--all",),
        ("approve", "--all", "--from", "x.csv"),
        ("--item", 0, "--from", "x.csv"),
        (),
        ("approve", "--folder", "/"),
        ("aprove", "--all"),
        ("reject", "--all"),
    ],
)
def test_an_answer_that_names_too_little_or_too_much_is_refused(case, batch, arguments):
    case.desk.do("answer", batch, *arguments, "--key", "ann.pem", code=2)
    assert case.desk.state_of(case.one) == "proposed"


@pytest.mark.parametrize(
    "arguments", [(), ("--list", "--folders"), ("--person", "ann", "--list"), ("--output", "x.pdf")]
)
def test_a_review_shows_one_thing(case, batch, arguments):
    case.desk.do("review", batch, *arguments, code=2)


def test_a_list_cannot_hold_a_formula(case, batch):
    case.desk.do("review", batch, "--output", f"{case.name}.csv")
    text = (case.desk.folder / f"{case.name}.csv").read_text("utf-8-sig")
    assert not any(
        cell.startswith(("=", "+", "@")) for row in csv.reader(text.splitlines()) for cell in row
    )


def test_a_final_batch_is_shown_and_says_so(case, batch):
    case.desk.do("reject", batch, "--reason", "no", "--key", "ann.pem")
    shown = case.desk.do("review", batch, "--person", "sol")
    assert "Its answers are final; this look at it was not recorded." in shown.out
