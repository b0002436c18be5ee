"""What only looks: scan, status, search, report."""

from pathlib import Path

from demo.shell import ask, retention, step


def look_around(word: str) -> None:
    """Scan twice, see where things stand, search."""
    step("Scan: walk the share, read what is new, classify and index it; nothing on it is altered")
    retention("scan", expect=(0, 3))
    step("A second scan opens no file that has not changed")
    retention("scan", expect=(0, 3))
    step("Where do we stand?")
    retention("status")
    step("Search: every answer says how much of its scope was not read")
    retention("find", word, "--limit", "3", "--facets", shown=24)


def show_unread() -> None:
    """What could not be read, and why."""
    step("What could not be read is on a list, with the reason; a search does not see it")
    retention("unreadable", shown=16)


def report() -> None:
    """Redundant, obsolete, trivial: for managers."""
    step("Report: redundant, obsolete, trivial, kept too long, and what we do not know")
    retention("report", "--html", "report.html", "--workbook", "report.xlsx", shown=32)


def measure(labels: Path) -> None:
    """How good the classes are."""
    step("How good are the classes? Measured against the true ones")
    retention("evaluate", str(labels))


def record_events() -> None:
    """Record what happened to cases, contracts and people."""
    step("Events: contracts ended, people left; tried first, then entered as one list")
    how = ("event", "import", "events.csv", "--column", "on=date")
    retention(*how, "--dry-run", shown=12)
    retention(*how, shown=2)


def what_is_due() -> str:
    """What is due and why; answers with the folder of one such record."""
    step("What is due, and why?")
    retention("due", "--action", "destroy", shown=12)
    first, held = ask("due", "--action", "destroy")[:2]
    retention("explain", str(first["record"]))
    return str(held["path"]).rpartition("/")[0]
