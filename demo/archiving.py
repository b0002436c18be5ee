"""Minutes go to the archive: a verified bag, the archive's receipt, and only then the bin."""

import csv
from datetime import date

from demo.disposing import propose
from demo.shell import WORK, retention, step

BAG = "outgoing"
TODAY = date.today().isoformat()


def transfer_a_batch() -> None:
    """Offer what is due for transfer; the archive declines one file."""
    batch = propose("transfer")
    for person in ("ann.archer", "omar.osei"):
        retention("review", batch, "--person", person, shown=2)
        retention("approve", batch, "--key", f"{person}.pem")
    step("Transfer: a BagIt bag with PREMIS events and the schedule; nothing leaves the share yet")
    retention("transfer", "export", batch, "--to", BAG)
    step("The archive answers file by file; without a receipt a file stays on the share for ever")
    _answer_as_the_archive()
    retention("transfer", "receipt", batch, "receipt.csv")
    retention("transfer", "list")
    retention("dispose", batch)
    retention("purge", batch)


def _answer_as_the_archive() -> None:
    """What an archive would send back: all accepted but the last."""
    with (WORK / BAG / "metadata" / "records.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = [["record", "sha256", "outcome", "accession", "date", "reason"]]
    for number, row in enumerate(rows, 1):
        lines.append([row["record"], row["sha256"], "accepted", f"TH/2026/{number}", TODAY, ""])
    lines[-1][1:] = ["", "declined", "", TODAY, "a later copy is held already"]
    with (WORK / "receipt.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
