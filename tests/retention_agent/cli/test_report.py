"""`retention report` at the command line."""

from retention_agent.sheets import read_sheets


def test_the_tables_are_printed_and_every_one_is_in_the_json(office):
    shown = office.do("report", "--by", "type")
    assert "At a glance" in shown.out
    assert "Redundant, obsolete, trivial by type" in shown.out
    (said,) = office.ask("report")
    assert said["tables"]["summary"][0]["files"] == 5
    assert set(said["tables"]) >= {"overdue", "forecast", "ages", "places", "rot-owner"}


def test_page_and_workbook_are_written(office, tmp_path):
    page, book = tmp_path / "report.html", tmp_path / "report.xlsx"
    answer = office.do("report", "--html", page, "--workbook", book, "--share", "files")
    assert answer.err == f"Written: {page}\nWritten: {book}\n"
    assert "Thornbridge District Council" in page.read_text()
    sheets = read_sheets(book)
    assert sheets["summary"][1] == ["Everything found", "5", sheets["summary"][1][2]]
    assert "rot-class" in sheets


def test_nothing_is_written_onto_a_share(office):
    answer = office.do("report", "--html", office.share / "report.html", code=2)
    assert "lies on share 'files'" in answer.err
    assert not (office.share / "report.html").exists()


def test_a_share_that_is_none_and_an_estate_without_files_are_answered(bare):
    bare.start()
    assert "Next: retention scan" in bare.do("report").out
    assert "no share is called 'other'" in bare.do("report", "--share", "other", code=2).err
    assert "Did you mean 'type'" in bare.do("report", "--by", "typ", code=2).err


def test_looking_at_another_day_shows_what_is_due_then(office):
    (now,), (then,) = office.ask("report"), office.ask("report", "--as-of", "2015-01-01")
    assert len(now["tables"]["overdue"]) == 1
    assert then["tables"]["overdue"] == []
