"""Write the demonstration share: `python -m demo.make_share TARGET --labels LABELS.csv`.

Beside the labels, never inside the share, come events.csv (the ends of cases the council has on
record) and a folder that one symbolic link of the share points to. The same seed and date give the
same names, labels and events; only files under a password differ in their bytes.
"""

import argparse
import base64
import csv
import os
import random
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path

from demo.cases import Case, make_cases
from demo.catalogue import load_genres
from demo.oddities import disturb
from demo.plan import Entry, Frame, documents_of

AS_OF = date(2026, 11, 23)
EARLIEST = date(2020, 1, 1)
OUTSIDE = "outside-the-share"
LINK = "Shared/Shortcut to old payroll"
HEADER = ("path", "path_b64", "class", "reference", "trigger", "trigger_date")


class ShareError(ValueError):
    """The share cannot be written where it was asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: write the share, print one line, return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo.make_share", description=__doc__)
    parser.add_argument("target", type=Path, help="folder to fill; must be empty or absent")
    parser.add_argument("--labels", type=Path, required=True, help="CSV file outside TARGET")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--as-of", type=date.fromisoformat, default=AS_OF, help="no file is younger"
    )
    given = parser.parse_args(arguments)
    try:
        print(make_share(given.target, given.labels, seed=given.seed, as_of=given.as_of))
    except ShareError as error:
        print(f"make_share: {error}", file=sys.stderr)
        return 2
    return 0


def make_share(target: Path, labels: Path, *, seed: int = 1, as_of: date = AS_OF) -> str:
    """Write share, labels and events; the answer is the summary line."""
    if as_of < EARLIEST:
        raise ShareError(
            f"--as-of {as_of} cuts the council's story short; give {EARLIEST} or later."
        )
    _require_room(target, labels)
    cases = make_cases(random.Random(f"{seed}/cases"), as_of)
    entries = entries_of(Frame(seed, as_of, cases))
    for entry in entries:
        _write(os.fsencode(target), entry)
    _link_outside(target, labels.parent / OUTSIDE)
    _write_labels(labels, entries)
    events = _write_events(labels.parent / "events.csv", cases.values())
    classes = {entry.label.record_class for entry in entries} - {""}
    return (
        f"{len(entries)} files of {len(classes)} classes in {target}; "
        f"labels in {labels}, {events} events in {labels.parent / 'events.csv'}"
    )


def entries_of(frame: Frame) -> list[Entry]:
    """Every file of the share, each path once."""
    written = [entry for genre in load_genres() for entry in documents_of(genre, frame)]
    kept = disturb(_apart(written), random.Random(f"{frame.seed}/oddities"))
    return _apart(kept)


def _apart(entries: list[Entry]) -> list[Entry]:
    seen: set[bytes] = set()
    apart = []
    for entry in entries:
        stem, dot, ending = entry.path.rpartition(b".")
        path, number = entry.path, 2
        while path in seen:
            path, number = b"%s (%d)%s%s" % (stem, number, dot, ending), number + 1
        seen.add(path)
        apart.append(replace(entry, path=path))
    return apart


def _require_room(target: Path, labels: Path) -> None:
    if target.exists() and not target.is_dir():
        raise ShareError(f"{target} is a file; name a folder that is empty or does not exist.")
    if target.exists() and any(target.iterdir()):
        raise ShareError(f"{target} is not empty; name a folder that is empty or does not exist.")
    if labels.resolve().is_relative_to(target.resolve()):
        raise ShareError(f"{labels} lies inside the share; put the labels outside {target}.")
    target.mkdir(parents=True, exist_ok=True)
    labels.parent.mkdir(parents=True, exist_ok=True)


def _write(root: bytes, entry: Entry) -> None:
    path = os.path.join(root, entry.path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if entry.link_to is not None:
        os.link(os.path.join(root, entry.link_to), path)
        return
    with open(path, "xb") as file:
        file.write(entry.content)
    when = entry.changed.replace(tzinfo=UTC).timestamp()
    os.utime(path, (when, when))


def _link_outside(target: Path, outside: Path) -> None:
    outside.mkdir(exist_ok=True)
    (outside / "payroll 2009.txt").write_text("This file is not on the share.\n", "utf-8")
    (target / LINK).symlink_to(outside.resolve(), target_is_directory=True)


def _write_labels(labels: Path, entries: Iterable[Entry]) -> None:
    with labels.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(HEADER)
        for entry in sorted(entries, key=lambda each: each.path):
            label = entry.label
            when = label.trigger_date.isoformat() if label.trigger_date else ""
            encoded = base64.b64encode(entry.path).decode("ascii")
            named = (label.record_class, label.reference, label.trigger, when)
            rows.writerow((shown(entry.path), encoded, *named))


def _write_events(path: Path, kinds: Iterable[list[Case]]) -> int:
    events = [
        (case.reference, trigger, when.isoformat())
        for cases in kinds
        for case in cases
        if case.known
        for trigger in case.triggers
        if (when := case.event(trigger))
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("reference", "trigger", "date"))
        rows.writerows(events)
    return len(events)


def shown(path: bytes) -> str:
    """The path for reading only: what cannot be printed safely stands as an escape."""
    return "".join(_printable(char) for char in path.decode("utf-8", "surrogateescape"))


def _printable(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp"):
        return f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"
    return char


if __name__ == "__main__":
    raise SystemExit(main())
