"""Geometry of the charts, in the units of their `viewBox`; the page's template draws them.

The treemap is squarified (Bruls, Huizing, van Wijk, 2000): areas are to scale and as near to
squares as they come, so that they can be compared by eye.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 720.0
LABEL = 240.0
"""room for the labels on the left of a bar chart"""
FIGURE = 90.0
"""room for the figure after a bar"""
ROW = 24.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, with the number of its series."""

    series: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart."""

    label: str
    y: float
    segments: tuple[Segment, ...]
    end: float
    total: float


@dataclass(frozen=True, slots=True)
class Area:
    """One rectangle of a treemap."""

    label: str
    value: float
    x: float
    y: float
    width: float
    height: float


def bars(rows: Sequence[tuple[str, Sequence[float]]]) -> list[Bar]:
    """Stacked horizontal bars: a label and a value for each series."""
    longest = max((sum(values) for _, values in rows), default=0) or 1
    scale = (WIDTH - LABEL - FIGURE) / longest
    drawn = []
    for place, (label, values) in enumerate(rows):
        x, segments = LABEL, []
        for series, value in enumerate(values):
            segments.append(Segment(series, round(x, 1), round(value * scale, 1)))
            x += value * scale
        drawn.append(Bar(label, place * ROW, tuple(segments), round(x, 1), sum(values)))
    return drawn


def pyramid(rows: Sequence[tuple[str, float, float]]) -> list[Bar]:
    """Bars to the left and to the right of a middle; series 0 is the left one."""
    longest = max((max(left, right) for _, left, right in rows), default=0) or 1
    middle = WIDTH / 2
    scale = (middle - FIGURE) / longest
    return [
        Bar(
            label,
            place * ROW,
            (
                Segment(0, round(middle - FIGURE / 2 - left * scale, 1), round(left * scale, 1)),
                Segment(1, round(middle + FIGURE / 2, 1), round(right * scale, 1)),
            ),
            middle,
            left + right,
        )
        for place, (label, left, right) in enumerate(rows)
    ]


def treemap(
    values: Sequence[tuple[str, float]], width: float = WIDTH, height: float = 360.0
) -> list[Area]:
    """Rectangles that fill `width` by `height`, each as large as its value is of the whole."""
    left = sorted((each for each in values if each[1] > 0), key=lambda each: -each[1])
    total = sum(value for _, value in left)
    x = y = 0.0
    areas: list[Area] = []
    while left:
        unit = width * height / total
        side = min(width, height)
        count = _row_length([value * unit for _, value in left], side)
        row, left = left[:count], left[count:]
        depth = sum(value for _, value in row) * unit / side
        along = 0.0
        for label, value in row:
            length = value * unit / depth
            if width >= height:  # a column on the left
                areas.append(_area(label, value, (x, y + along), (depth, length)))
            else:  # a row on top
                areas.append(_area(label, value, (x + along, y), (length, depth)))
            along += length
        total -= sum(value for _, value in row)
        if width >= height:
            x, width = x + depth, width - depth
        else:
            y, height = y + depth, height - depth
    return areas


def _area(label: str, value: float, corner: tuple[float, float], size: tuple[float, float]) -> Area:
    x, y, width, height = (round(each, 1) for each in (*corner, *size))
    return Area(label, value, x, y, width, height)


def _row_length(sizes: Sequence[float], side: float) -> int:
    """How many of the areas go into the next row: as long as the worst of them gets squarer."""
    worst = float("inf")
    for count in range(1, len(sizes) + 1):
        found = _worst(sizes[:count], side)
        if found > worst:
            return count - 1
        worst = found
    return len(sizes)


def _worst(row: Sequence[float], side: float) -> float:
    total = sum(row)
    return max(side**2 * max(row) / total**2, total**2 / (side**2 * min(row)))
