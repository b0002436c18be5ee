import pytest

from retention_agent.disposal.limits import Amount, breaches, most_files

NOTHING = Amount(0, 0)
GIB = 2**30


@pytest.mark.parametrize(
    ("share_files", "most"),
    [(0, 50), (4_999, 50), (5_100, 51), (100_000, 1_000), (1_000_000, 10_000), (9**9, 10_000)],
)
def test_a_batch_takes_one_file_in_a_hundred_or_fifty_and_never_above_ten_thousand(
    share_files, most
):
    assert most_files(share_files) == most


def test_a_plan_within_the_limits_passes():
    assert breaches(Amount(50, 100 * GIB), NOTHING, 300) == []
    assert breaches(Amount(25, 0), Amount(25, 0), 300) == []


def test_one_file_too_many_is_a_breach():
    assert breaches(Amount(51, 0), NOTHING, 300) == [
        "51 files in one batch; the limit of this share is 50"
    ]


def test_splitting_a_batch_does_not_evade_the_limit():
    assert breaches(Amount(26, 0), Amount(25, 0), 300) == [
        "26 files after 25 in the last 24 hours; the limit of this share is 50"
    ]


def test_bytes_are_limited_as_well():
    found = breaches(Amount(2, 60 * GIB), Amount(2, 40 * GIB + 1), 300)
    assert found == [f"{100 * GIB + 1} bytes within 24 hours; the limit is {100 * GIB} (100 GiB)"]
