"""Charts are to scale: areas and bars are as large as their values are of the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_agent.report import charts

VALUES = st.lists(st.tuples(st.text(max_size=5), st.floats(1, 1e12)), min_size=1, max_size=40)


@given(VALUES)
def test_a_treemap_fills_its_frame_without_overlap(values):
    areas = charts.treemap(values)
    whole = charts.WIDTH * 360
    total = sum(value for _, value in values)
    assert sorted(area.label for area in areas) == sorted(label for label, _ in values)
    for area in areas:
        share = area.value / total * whole
        # coordinates are rounded to a tenth
        slack = 0.06 * (area.width + area.height) + 0.01
        assert area.width * area.height == pytest.approx(share, abs=slack)
        assert area.x >= 0
        assert area.x + area.width <= charts.WIDTH + 0.2
        assert area.y + area.height <= 360.2
    assert sum(a.width * a.height for a in areas) == pytest.approx(whole, rel=0.05, abs=200)


def test_what_is_nothing_has_no_area():
    assert charts.treemap([("empty", 0)]) == []
    assert charts.treemap([]) == []


def test_the_largest_of_equal_parts_are_squares():
    for area in charts.treemap([(str(n), 1) for n in range(8)], 400, 200):
        assert (area.width, area.height) == (100, 100)


def test_bars_are_stacked_to_scale():
    long, short = charts.bars([("a", (30, 10)), ("b", (0, 10))])
    room = charts.WIDTH - charts.LABEL - charts.FIGURE
    assert [part.width for part in long.segments] == [room * 0.75, room * 0.25]
    assert long.segments[1].x == charts.LABEL + room * 0.75
    assert (long.end, long.total, short.y) == (charts.LABEL + room, 40, charts.ROW)
    assert [part.width for part in short.segments] == [0, room * 0.25]


def test_bars_without_any_value_are_drawn_as_nothing():
    (bar,) = charts.bars([("a", (0, 0))])
    assert [part.width for part in bar.segments] == [0, 0]
    assert charts.bars([]) == []


def test_a_pyramid_grows_from_the_middle():
    (bar,) = charts.pyramid([("3", 10, 5)])
    left, right = bar.segments
    assert left.x + left.width == charts.WIDTH / 2 - charts.FIGURE / 2
    assert right.x == charts.WIDTH / 2 + charts.FIGURE / 2
    assert left.width == 2 * right.width
    assert charts.pyramid([]) == []
