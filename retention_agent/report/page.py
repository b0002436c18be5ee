"""The report as one page: HTML that stands alone, without script, font or picture from elsewhere.

Every chart is SVG drawn here, with the table it was drawn from beneath it. Names of files, owners
and classes come from strangers: the template escapes all of them, and the page's own policy forbids
anything to be run or loaded.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jinja2

from retention_agent.report import charts
from retention_agent.report.charts import Area, Bar
from retention_agent.report.figures import Figures
from retention_agent.report.tables import OUTCOMES, Table, tables

MOST_SERVICES = 15
MOST_AREAS = 40


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose report it is, and when it was made, in the records' zone."""

    organisation: str
    made: datetime
    version: str


def page(figures: Figures, heading: Heading) -> str:
    """The report as an HTML document in UTF-8."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("retention_agent.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"amount": amount, "count": count}
    found = {table.key: table for table in tables(figures)}
    template = environment.get_template("report.html.j2")
    return template.render(
        heading=heading, figures=figures, tables=found, charts=_charts(found), geometry=charts
    )


def amount(size: int) -> str:
    """A number of bytes as people say it: 1.2 GB (decimal, as disks are sold)."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":  # noqa: PLR2004  (the next unit)
            return f"{value:,.0f} {unit}" if unit in {"bytes", "kB"} else f"{value:,.1f} {unit}"
        value /= 1000
    raise AssertionError(size)


def count(value: object) -> str:
    """A cell as text; whole numbers with commas."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def _charts(found: dict[str, Table]) -> dict[str, Any]:
    overdue = [(str(row[0]), (_n(row[1]), _n(row[3]))) for row in found["overdue"].rows]
    return {
        "overdue": charts.bars(overdue[:MOST_SERVICES]),
        "forecast": _forecast(found["forecast"]),
        "ages": charts.pyramid(
            [(str(row[0]), _n(row[1]), _n(row[2])) for row in reversed(found["ages"].rows)]
        ),
        "places": _places(found["places"]),
        "unknown": charts.bars([(str(row[0]), (_n(row[1]),)) for row in found["unknown"].rows]),
    }


def _forecast(table: Table) -> list[Bar]:
    width = len(OUTCOMES) + 1
    return charts.bars([(str(row[0]), [_n(each) for each in row[1:width]]) for row in table.rows])


def _places(table: Table) -> list[Area]:
    named = [(f"{row[0]}: {row[1]}", _n(row[3])) for row in table.rows]
    rest = sum(value for _, value in named[MOST_AREAS:])
    return charts.treemap([*named[:MOST_AREAS], ("(all others)", rest)])


def _n(cell: object) -> float:
    assert isinstance(cell, (int, float))  # noqa: S101  (a column of numbers)
    return float(cell)
