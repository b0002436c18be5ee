"""What years of use do to a share: odd names, copies, locked, broken and empty files, clutter."""

import random
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from demo.formats import cut_short, lock_office, lock_pdf, noise
from demo.plan import Entry, Label

# `%s` is the name the file had, without its ending.
ODD_NAMES = (
    b"%s\nfinal",
    b"\x1b[31mURGENT %s\x1b[0m",
    "%s \u202egpj.".encode(),
    b"-rf %s",
    b"--help",
    b"=cmd|'calc'!A0",
    b'=HYPERLINK("mailto:a@supplier.example","%s")',
    b"@SUM(1+1) %s",
    b"+44 1632 960123 %s",
    b'"%s" (Chair\'s copy)',
    b"  %s  ",
    b"%s...",
    b"%s\ttabbed",
    b"Caf\xe9 %s",
    b"R\xe9sum\xe9 \x96 %s",
    b"\xc5ngstr\xf6m Ltd %s",
    "Cyngor %s Llŷn ŵyl".encode(),
    "📎 %s".encode(),
    "%s\u200b\u00a0(no change)".encode(),
    b"%s; DROP TABLE records --",
    b"$(whoami) `id` %s",
    b"<b>%s & co<br>",
    b"NUL",
    b"%s %%s %%d",
)
LONG = 200
COPY_FOLDERS = (
    b"New folder (2)",
    b"Copy of Finance",
    b"Archive old stuff/pre 2010",
    b"DO NOT DELETE - Sandra/Desktop",
    b"DO NOT DELETE - Sandra/Desktop/New folder",
    b"Shared/Temp",
)
DEEP = b"Planning/Projects/Town centre regeneration/" + b"/".join(
    b"Phase %d" % level for level in range(1, 29)
)
CLUTTER = (
    (b"Finance/Thumbs.db", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_528)),
    (b"Planning/Thumbs.db", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3_064)),
    (b"HR/~$ntract template.docx", b"\x07Sandra " + bytes(154)),
    (b"Housing/~$lettings 2011.xlsx", b"\x06Trevor " + bytes(157)),
    (b"desktop.ini", b"[.ShellClassInfo]\r\nIconResource=C:\\Windows\\system32\\SHELL32.dll,4\r\n"),
    (b"Housing/desktop.ini", b"[ViewState]\r\nMode=\r\nVid=\r\nFolderType=Documents\r\n"),
    (b"Leisure/.DS_Store", b"\x00\x00\x00\x01Bud1" + bytes(600)),
    (b"ICT/backup.log.tmp", b"02:00:01 job 14 started\r\n02:00:07 job 14: tape not found\r\n"),
    (b"New folder (2)/~WRL0003.tmp", bytes(2_048)),
    (b"Shared/Temp/Shortcut to S drive.lnk", b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(300)),
)
EMPTY = (
    b"Finance/Budget/Budget book 2014.xlsx",
    b"HR/Policies/Grievance procedure DRAFT.docx",
    b"New folder (2)/New Text Document.txt",
    b"Legal/Scans/scan0007.pdf",
)
NO_FORMAT = (
    b"Archive old stuff/recovered/FILE0017.docx",
    b"Archive old stuff/recovered/FILE0023.pdf",
)
CLUTTERED = datetime(2012, 5, 14, 11, 3)


class Shelf:
    """The files while they are being disturbed; none is disturbed twice."""

    def __init__(self, entries: list[Entry], rng: random.Random) -> None:
        self.entries = entries
        self.rng = rng
        self._order = rng.sample(range(len(entries)), len(entries))

    def take(self, ending: bytes = b"") -> int:
        """The place of an undisturbed file with that ending."""
        for place in self._order:
            if self.entries[place].path.endswith(ending):
                self._order.remove(place)
                return place
        raise LookupError(f"No file with the ending {ending!r} is left to disturb.")

    def rename(self, place: int, path: bytes) -> None:
        """Give a file another path."""
        self.entries[place] = replace(self.entries[place], path=path)

    def rewrite(self, place: int, change: Callable[[bytes], bytes]) -> None:
        """Change a file's bytes."""
        entry = self.entries[place]
        self.entries[place] = replace(entry, content=change(entry.content))


def disturb(entries: list[Entry], rng: random.Random) -> list[Entry]:
    """The same files after years of use, and what has gathered round them."""
    shelf = Shelf(list(entries), rng)
    _spoil(shelf)
    _rename_oddly(shelf)
    _twin_names(shelf)
    _bury(shelf)
    _copy(shelf)
    _litter(shelf)
    return shelf.entries


def _spoil(shelf: Shelf) -> None:
    for change, ending, times in (
        (lock_office, b".docx", 3),
        (lock_pdf, b".pdf", 3),
        (cut_short, b".docx", 3),
        (cut_short, b".pdf", 2),
    ):
        for _ in range(times):
            shelf.rewrite(shelf.take(ending), change)


def _rename_oddly(shelf: Shelf) -> None:
    for pattern in ODD_NAMES:
        place = shelf.take()
        folder, stem, ending = _parts(shelf.entries[place].path)
        name = pattern.replace(b"%s", stem[:60]) if b"%%" not in pattern else pattern % stem[:60]
        shelf.rename(place, folder + b"/" + name + b"." + ending)
    place = shelf.take()
    folder, stem, ending = _parts(shelf.entries[place].path)
    padded = (stem + b" - correspondence and enclosures as scanned" * 6)[: LONG - len(ending) - 1]
    shelf.rename(place, folder + b"/" + padded + b"." + ending)


def _twin_names(shelf: Shelf) -> None:
    for name in ("Café Rhosyn - Llŷn consultation.docx", "Áine Ní Dhomhnaill.pdf"):
        for form in ("NFC", "NFD"):
            twin = unicodedata.normalize(form, name).encode()
            shelf.rename(shelf.take(name[-5:].lstrip("l").encode()), b"Shared/Names/" + twin)


def _bury(shelf: Shelf) -> None:
    place = shelf.take()
    shelf.rename(place, DEEP + b"/" + shelf.entries[place].path.rpartition(b"/")[2])


def _copy(shelf: Shelf) -> None:
    for turn in range(16):
        original = shelf.entries[shelf.take()]
        name = original.path.rpartition(b"/")[2]
        name = name if turn % 3 else b"Copy of " + name
        folder = COPY_FOLDERS[turn % len(COPY_FOLDERS)]
        shelf.entries.append(replace(original, path=folder + b"/" + name))
    original = shelf.entries[shelf.take(b".xlsx")]
    shelf.entries.append(
        replace(
            original,
            path=b"Shared/Linked - " + original.path.rpartition(b"/")[2],
            link_to=original.path,
        )
    )


def _litter(shelf: Shelf) -> None:
    none = Label()
    shelf.entries.extend(Entry(path, content, CLUTTERED, none) for path, content in CLUTTER)
    shelf.entries.extend(Entry(path, b"", CLUTTERED, none) for path in EMPTY)
    shelf.entries.extend(Entry(path, noise(shelf.rng), CLUTTERED, none) for path in NO_FORMAT)


def _parts(path: bytes) -> tuple[bytes, bytes, bytes]:
    folder, _, name = path.rpartition(b"/")
    stem, _, ending = name.rpartition(b".")
    return folder, stem, ending
