"""Which records a sample takes: in proportion, always the same ones, whole cases together."""

from collections.abc import Callable
from datetime import date

import pytest

from policies import DatedFact, Record, Sample, Trust, is_chosen, parse_sample

TEN = Sample(percent=10, seed="2026 sample of closed cases")
CREATED = DatedFact(date(2018, 5, 12), "pdf:CreationDate", Trust.EVIDENCED)


@pytest.mark.parametrize("percent", [1, 10, 50, 99])
def test_a_sample_takes_about_its_share_of_many(
    make_record: Callable[..., Record], percent: int
) -> None:
    sample = Sample(percent=percent, seed="seed")
    count = 20_000
    taken = sum(
        bool(is_chosen(sample, make_record(references=frozenset(), digest=f"{n:064x}"), None))
        for n in range(count)
    )
    assert abs(taken / count - percent / 100) < 0.01


def test_the_same_seed_takes_the_same_records_whatever_else_is_known_of_them(
    make_record: Callable[..., Record],
) -> None:
    def taken(sample: Sample, **changes: object) -> list[bool | None]:
        return [
            is_chosen(sample, make_record(references=frozenset({f"C/{n}"}), **changes), None)
            for n in range(200)
        ]

    first = taken(TEN)
    assert first == taken(TEN, path=b"moved.pdf", id="99", digest="ff", dates={})
    assert first != taken(Sample(percent=10, seed="another"))
    # pinned, so that another version of the program draws the same sample
    assert [n for n, chosen in enumerate(first) if chosen][:4] == PINNED


PINNED = [1, 2, 22, 30]


def test_a_case_file_stays_together(make_record: Callable[..., Record]) -> None:
    papers = [make_record(digest=f"{n:064x}", references=frozenset({"C/7"})) for n in range(50)]
    assert len({is_chosen(TEN, paper, None) for paper in papers}) == 1


def test_several_references_leave_it_to_the_content(make_record: Callable[..., Record]) -> None:
    two = frozenset({"C/7", "C/8"})
    by_content = make_record(references=frozenset(), digest="ab")
    assert is_chosen(TEN, make_record(references=two, digest="ab"), None) == is_chosen(
        TEN, by_content, None
    )
    assert is_chosen(TEN, make_record(references=two, digest=""), None) is None


@pytest.mark.parametrize(
    ("year", "endings", "chosen"),
    [(2015, ("5",), True), (2018, ("5",), False), (2018, ("5", "8"), True), (1961, ("61",), True)],
)
def test_years_are_taken_by_their_last_digits(
    make_record: Callable[..., Record], year: int, endings: tuple[str, ...], chosen: bool
) -> None:
    triggered = DatedFact(date(year, 1, 1), "test", Trust.EVIDENCED)
    assert is_chosen(Sample(endings=endings), make_record(), triggered) is chosen


def test_without_a_trigger_date_nobody_knows_the_year(make_record: Callable[..., Record]) -> None:
    assert is_chosen(Sample(endings=("5",)), make_record(), None) is None


@pytest.mark.parametrize(
    ("text", "seed", "sample"),
    [
        ("10 %", "s", Sample(percent=10, seed="s")),
        ("1%", "s", Sample(percent=1, seed="s")),
        ("years ending 5", "", Sample(endings=("5",))),
        ("years ending 0,5, 61", "", Sample(endings=("0", "5", "61"))),
    ],
)
def test_a_sample_is_read_and_written(text: str, seed: str, sample: Sample) -> None:
    assert parse_sample(text, seed) == sample
    assert parse_sample(str(sample), sample.seed) == sample


@pytest.mark.parametrize(
    ("text", "seed", "message"),
    [
        ("10 %", "", "needs a sample_seed"),
        ("years ending 5", "s", "needs no sample_seed"),
        ("100 %", "s", "is not a sample: write '10 %'"),
        ("0 %", "s", "is not a sample"),
        ("some", "s", "is not a sample"),
        ("years ending", "", "is not a sample"),
    ],
)
def test_what_is_no_sample_is_refused_with_what_to_write(
    text: str, seed: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        parse_sample(text, seed)
