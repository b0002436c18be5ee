"""How much was read, in figures and in a sentence."""

import pytest
import sqlalchemy as sa

from retention_agent.register.coverage import Coverage, coverage
from retention_agent.register.tables import directory, share


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((3, 0, 0, 0), "All 3 files in scope were read."),
        ((0, 0, 0, 0), "No file is in scope."),
        ((1, 2, 0, 0), "Of 3 files in scope: 2 could not be read; they may hold more."),
        (
            (4, 1, 0, 3),
            "Of 5 files in scope: 1 could not be read, 3 read in part; they may hold more.",
        ),
        ((0, 0, 0, 0, 2), "No file is in scope. 2 folders could not be entered."),
        ((3, 0, 0, 0, 1), "All 3 files in scope were read. 1 folders could not be entered."),
        ((0, 0, 2, 0), "Of 2 files in scope: 2 not read yet; they may hold more."),
    ],
)
def test_the_sentence_names_every_gap(counts, sentence):
    assert Coverage(*counts).sentence() == sentence


def test_only_what_is_on_the_share_counts(council):
    council.add("a.txt")
    council.add("b.txt", capture="unreadable")
    council.add("c.txt", capture="pending")
    council.add("d.txt", partial=True)
    council.add("e.txt", present=False)
    with council.app.engine.begin() as connection:
        assert coverage(connection) == coverage(connection, ("files",)) == Coverage(2, 1, 1, 1)
        assert coverage(connection, ("other",)) == Coverage(0, 0, 0, 0)


def test_a_folder_that_was_not_entered_is_counted_where_it_lies(council):
    council.add("a.txt")
    with council.app.engine.begin() as connection:
        number = connection.scalar(sa.select(share.c.id))
        for path, error in ((b"shut", "permission-denied"), (b"open", None)):
            connection.execute(
                directory.insert().values(share=number, path=path, error=error, scan=1)
            )
        assert coverage(connection, ("files",)) == Coverage(1, 0, 0, 0, 1)
        assert coverage(connection, ("other",)).folders_not_entered == 0
