"""Dates as councils write them, in English and in Welsh."""

from datetime import date, timedelta

MONTHS_CY = [
    "Ionawr",
    "Chwefror",
    "Mawrth",
    "Ebrill",
    "Mai",
    "Mehefin",
    "Gorffennaf",
    "Awst",
    "Medi",
    "Hydref",
    "Tachwedd",
    "Rhagfyr",
]
DAYS_CY = ["Llun", "Mawrth", "Mercher", "Iau", "Gwener", "Sadwrn", "Sul"]


def ordinal(day: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def written(on: date, form: str) -> str:
    """The date in one of the spellings that templates ask for."""
    month, day = f"{on:%B}", f"{on:%A}"
    return {
        "": f"{on.day} {month} {on.year}",
        "dmy": f"{on:%d/%m/%Y}",
        "iso": on.isoformat(),
        "short": f"{on.day}.{on.month}.{on:%y}",
        "compact": f"{on:%Y%m%d}",
        "ddmmyy": f"{on:%d%m%y}",
        "weekday": f"{day} {on.day} {month} {on.year}",
        "ordinal": f"{day} {ordinal(on.day)} {month} {on.year}",
        "month": f"{month} {on.year}",
        "mon": f"{month[:3]} {on.year}",
        "year": str(on.year),
        "cy": f"{on.day} {MONTHS_CY[on.month - 1]} {on.year}",
        "dydd": f"dydd {DAYS_CY[on.weekday()]} {on.day} {MONTHS_CY[on.month - 1]} {on.year}",
    }[form]


def financial_year(on: date) -> str:
    """The financial year as councils write it, 2008/09."""
    start = on.year if (on.month, on.day) >= (4, 1) else on.year - 1
    return f"{start}/{(start + 1) % 100:02d}"


def years_after(on: date, years: float) -> date:
    """So many years later to the day's nearest; leap days do not matter to a story."""
    return date.fromordinal(on.toordinal() + round(years * 365.25))


def weekday_on_or_before(on: date) -> date:
    """The date itself, or the Friday before a weekend; offices are shut then."""
    return on - timedelta(days=max(0, on.weekday() - 4))
