"""Before the first scan: a state folder, people with keys, a schedule in force."""

import csv
from pathlib import Path

from demo.shell import CONFIG, WORK, retention, step

PEOPLE = {
    "rita.records": ("Rita Records", ("requester",)),
    "ann.archer": ("Ann Archer", ("approver", "adopter", "hold-officer")),
    "omar.osei": ("Omar Osei", ("approver", "hold-officer")),
    "sol.city": ("Sol City", ("adopter",)),
    "ivy.info": ("Ivy Info", ("information-officer",)),
}
MINUTES, OFFERED_AFTER = "DEM-001", "P10Y"
SETTINGS = r"""
[disposal]
unsafe_undo_window = "none"  # so that the demonstration need not wait 30 days

[capture]
reference_patterns = ['\b([A-Z]{2,4})[-/](\d{2,4})[-/](\d{2,5}(?:/[A-Z]+)?)\b => \1/\2/\3']
"""


def set_up(share: Path, organisation: str, *extra: str) -> None:
    """Make config.toml and the state folder."""
    step("Set up: a config.toml and a state folder that only you can read")
    retention("init", "--dir", str(WORK), "--share", f"demo={share}",
              "--organisation", organisation, *extra)  # fmt: skip


def configure() -> None:
    """What the demonstration asks for beyond the defaults."""
    with CONFIG.open("a", encoding="utf-8") as file:
        file.write(SETTINGS)


def make_people() -> None:
    """Keys for everybody, and the keyring that two of them sign."""
    step("People: each makes a key of their own; two of them sign who may do what")
    for person, (name, roles) in PEOPLE.items():
        retention("key", "new", person, "--out", f"{person}.pem", shown=1)
        chosen = [part for role in roles for part in ("--role", role)]
        retention("person", "add", f"{person}.pem.pub", "--name", name, *chosen)
    retention("person", "sign", "--key", "rita.records.pem")
    retention("person", "sign", "--key", "ann.archer.pem")
    retention("person", "list")


def adopt_schedule() -> None:
    """Fill in what the shipped draft leaves blank for minutes, try it, and put it in force."""
    step("Schedule: a draft; the council says here when minutes are offered to the archive")
    retention("schedule", "export", "--format", "csv", "--output", "schedule.csv")
    file = WORK / "schedule.csv"
    heading, *rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    for row in rows:
        if row[heading.index("code")] == MINUTES:
            row[heading.index("offer_after")] = OFFERED_AFTER
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows([heading, *rows])
    retention("schedule", "diff", "schedule.csv", expect=3)
    retention("schedule", "import", "schedule.csv", "--version", "1-thornbridge")
    retention("schedule", "moratoria", shown=14)
    step("Nothing can be proposed before two adopters sign it")
    retention("schedule", "adopt", "--key", "ann.archer.pem")
    retention("schedule", "adopt", "--key", "sol.city.pem")
