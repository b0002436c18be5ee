"""A request comes in: what it covers is kept, and what answers it is found and handed over."""

import csv

from demo.shell import WORK, retention, step

NEXT_REVIEW = ("--review-by", "2027-01-31")
PERSON = "Sheila Iqbal"  # somebody the share has letters of


def answer_a_request(folder: str) -> None:
    """Hold what the request is about, search for it, export it with the record of the search."""
    step("A hold: a request has come in, so this folder is kept whatever the schedule says")
    retention("hold", "place", "foi-2026-114", "--title", "Request about one folder",
              "--authority", "FOI 2026/114", "--reason", "request received",
              *NEXT_REVIEW, "--path", f"demo:{folder}")  # fmt: skip
    step("A hold by words keeps what says so now, and what arrives later; tried first")
    by_words = ("hold", "place", "sar-2026-14", "--title", "Everything about grievances",
                "--authority", "SAR 2026/14", "--reason", "request received", *NEXT_REVIEW,
                "--query", "grievance OR disciplinary")  # fmt: skip
    retention(*by_words, "--dry-run", shown=12)
    retention(*by_words, shown=3)
    retention("hold", "report", shown=24)
    step("Many terms at once: a table of hits")
    with (WORK / "terms.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["term"], ["grievance"], ["tree preservation"], ["budget AND monitor*"]]
        )
    retention("search", "batch", "terms.csv", "--output", "hits.xlsx")
    retention("search", "save", "foi-2026-114", "invoice AND paid")
    retention("search", "run", "foi-2026-114", "--limit", "3", shown=8)


def answer_a_person() -> None:
    """One person under several names: found, exported with copies and the record of the search."""
    step("A subject access request: one person under all names, exported with a search record")
    retention("search", "person", "add", "sar-2026-15", "--name", PERSON,
              "--reference", "HR/2004/0061")  # fmt: skip
    retention("search", "export", "--person", "sar-2026-15", "--copies", "--as", "ivy.info",
              "--request", "SAR 2026/15", "--output", "sar-2026-15", expect=(0, 3))  # fmt: skip
    record = (WORK / "sar-2026-15" / "search-record.txt").read_text(encoding="utf-8")
    print("\n$ head -30 sar-2026-15/search-record.txt")
    print("\n".join(f"  {line}" for line in record.splitlines()[:30]))


def release_a_hold() -> None:
    """Two people end a hold; thirty days pass before anything it covered may be due."""
    step("The request is answered: two people release the hold, and 30 days of grace begin")
    release = ("hold", "release", "sar-2026-14", "--reason", "answered", "--key")
    retention(*release, "ann.archer.pem", shown=6)
    retention(*release, "omar.osei.pem", shown=6)
