"""What commands write for people lands on no share and not in the state, whatever the way there."""

import os

import pytest

WRITING = (
    ("report", "--html", "{}.html"),
    ("report", "--workbook", "{}.xlsx"),
    ("unreadable", "--csv", "{}.csv"),
    ("hold", "report", "--csv", "{}.csv"),
    ("hold", "report", "--xlsx", "{}.xlsx"),
    ("schedule", "export", "--output", "{}.csv"),
    ("search", "batch", "terms.csv", "--output", "{}.csv"),
    ("search", "export", "invoice", "--output", "{}"),
    ("log", "export", "{}"),
)
WAYS = {
    "straight": "share/fin/x",
    "dots": "site/../share/x",
    "link": "link/x",
    "link to a folder below": "deep/x",
    "state": "site/state/x",
    "state by dots": "share/../site/state/x",
}


def everything(desk):
    return {
        path: path.read_bytes() if path.is_file() else b""
        for folder in (desk.share, desk.state)
        for path in sorted(folder.rglob("*"))
        if "register.db" not in path.name and path.suffix != ".lock"
    }


@pytest.fixture
def linked(office):
    terms = office.folder / "terms.csv"
    terms.write_text("term\ninvoice\n", encoding="utf-8")
    for name, target in (("link", office.share), ("deep", office.share / "fin")):
        if not (office.folder / name).is_symlink():
            os.symlink(target, office.folder / name)
    return office


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_nothing_is_written_there(linked, command, way):
    before, log = everything(linked), linked.only_log()
    given = [part.format(WAYS[way]) for part in command]
    answer = linked.do(*given, code=2)
    assert "lies on share 'files'" in answer.err or "lies on the state folder" in answer.err
    assert everything(linked) == before
    assert linked.only_log() == log


def test_a_link_that_stands_on_a_share_is_not_replaced(linked):
    away = linked.folder / "away.html"
    stands = linked.share / "away.html"
    os.symlink(away, stands)
    assert "lies on share" in linked.do("report", "--html", stands, code=2).err
    assert stands.is_symlink()
    stands.unlink()


def test_a_certificate_and_a_list_of_answers_are_not_written_there_either(case):
    desk = case.desk
    batch = desk.propose(case.one)
    inside = desk.share / "x.csv"
    assert "lies on share" in desk.do("review", batch, "--output", inside, code=2).err
    for option in ("--out", "--pdf"):
        assert "lies on share" in desk.do("certificate", batch, option, inside, code=2).err
    assert not inside.exists()


def test_elsewhere_it_is_written(linked, tmp_path):
    linked.do("report", "--html", tmp_path / "r.html")
    linked.do("schedule", "export", "--output", tmp_path / "s.csv")
    assert {path.name for path in tmp_path.iterdir()} == {"r.html", "s.csv"}
