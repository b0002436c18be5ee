from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from retention_agent.audit import canonical
from retention_agent.audit.canonical import NotCanonical

LIMIT = 2**53 - 1
text = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LIMIT, LIMIT) | text,
    lambda inner: st.lists(inner) | st.dictionaries(text, inner),
)


@given(values)
def test_the_text_is_the_one_an_independent_implementation_of_rfc_8785_writes(value):
    assert canonical.dumps(value) == rfc8785.dumps(value)


@given(values)
def test_a_value_survives_its_text(value):
    assert canonical.loads(canonical.dumps(value)) == value


def test_keys_are_ordered_by_utf_16_units_as_rfc_8785_asks():
    assert canonical.dumps({"\ufb33": 1, "\U0001f600": 2}) == '{"😀":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        LIMIT + 1,
        -LIMIT - 1,
        b"raw",
        {1: 2},
        {"a": {2.5}},
        "\ud800",
        {"\udfff": 1},
    ],
)
def test_what_has_no_canonical_text_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical.dumps(value)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"b":1,"a":2}',
        '{"a": 1}',
        ' {"a":1}',
        '{"a":1}\n',
        '{"a":1.0}',
        '{"a":1e2}',
        '{"a":-0}',
        '{"a":01}',
        '{"a":NaN}',
        '{"a":9007199254740993}',
        r'{"a":"\u0041"}',
        r'{"a":"\/"}',
        r'{"a":"\ud800"}',
        '{"a":"\ud800"}',
        "",
        "nonsense",
        "[" * 100_000,
        "9" * 5_000,
    ],
)
def test_any_other_spelling_is_refused(text):
    with pytest.raises(NotCanonical):
        canonical.loads(text)


def test_bytes_that_are_not_utf_8_are_refused():
    with pytest.raises(NotCanonical):
        canonical.loads(b'{"a":"\xff"}')


def test_an_instant_is_written_in_utc_to_the_second():
    now = datetime(2026, 11, 23, 5, 50, 0, 999, tzinfo=UTC)
    assert canonical.instant(now) == "2026-11-23T05:50:00Z"


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=1))])
def test_a_time_without_zone_or_in_another_zone_is_refused(zone):
    with pytest.raises(ValueError, match="not a UTC time"):
        canonical.instant(datetime(2026, 11, 23, 5, 50, tzinfo=zone))
