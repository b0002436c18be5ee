"""From genres to files: what is written, where it lies, when it dates from and what it truly is."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from demo.calendars import weekday_on_or_before
from demo.cases import Case
from demo.catalogue import Genre, Text
from demo.formats import ENDINGS, WRITERS
from demo.page import Page
from demo.story import Story

OF_THE_DOCUMENT = [
    "last_modified",
    "event_date",
    "decision",
    "order_made",
    "adopted",
    "completion",
    "last_entry",
    "last_action",
]
LAZY_NAMES = [
    "Document1",
    "scan0042",
    "New Microsoft Word Document",
    "untitled",
    "FINAL final v2",
    "Scan_20110304_001",
    "doc",
    "letter",
]
MESSY_FOLDERS = [
    "New folder (2)",
    "Archive old stuff",
    "Archive old stuff/pre 2010",
    "DO NOT DELETE - Sandra",
    "DO NOT DELETE - Sandra/misc",
    "Copy of Shared",
    "Shared/Temp",
    "Archive old stuff/from old server",
]
MIGRATED = datetime(2019, 6, 1, 2, 14)
EMBEDS_NO_DATE = ("txt", "csv", "png")


@dataclass(frozen=True, slots=True)
class Label:
    """The truth about one file; all blank where it is no record of this council.

    `trigger_date` is the day before any cut-off, and unset while the event has yet to happen.
    """

    record_class: str = ""
    reference: str = ""
    trigger: str = ""
    trigger_date: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the share; `link_to` makes it a second name of another file."""

    path: bytes
    content: bytes
    changed: datetime
    label: Label
    link_to: bytes | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What every document of one run has in common."""

    seed: int
    as_of: date
    cases: dict[str, list[Case]]


def documents_of(genre: Genre, frame: Frame) -> list[Entry]:
    """The files of one genre; each has a random source of its own."""
    pool = [
        case
        for case in frame.cases.get(genre.case, [])
        if genre.moment != "ended" or case.ended is not None
    ]
    start = random.Random(f"{frame.seed}/{genre.key}").randrange(len(pool)) if pool else 0
    return [
        _document(genre, index, pool[(start + index) % len(pool)] if pool else None, frame)
        for index in range(genre.count)
    ]


def _document(genre: Genre, index: int, case: Case | None, frame: Frame) -> Entry:
    rng = random.Random(f"{frame.seed}/{genre.key}/{index}")
    text = genre.texts[index % len(genre.texts)]
    form = text.formats[index // len(genre.texts) % len(text.formats)]
    on = _story_date(genre, case, frame.as_of, rng)
    story = Story(rng, genre.pools, on, case)
    created = datetime.combine(on, time(rng.randint(8, 17), rng.randint(0, 59), rng.randint(0, 59)))
    changed = min(created + timedelta(minutes=rng.choice((0, 0, 4, 35, 1_480, 2_900))), _end(frame))
    undated = form in EMBEDS_NO_DATE or rng.random() < 0.04
    page = Page(
        story.tell(text.body),
        story["person1"],
        None if undated else created,
        None if undated else changed,
    )
    return Entry(
        _path(genre, text, ENDINGS[form], story),
        WRITERS[form](page),
        _file_time(changed, frame, rng),
        _label(genre, case, story),
    )


def _end(frame: Frame) -> datetime:
    return datetime.combine(frame.as_of, time())


def _story_date(genre: Genre, case: Case | None, as_of: date, rng: random.Random) -> date:
    if case is not None:
        if genre.moment == "opened":
            return case.opened
        last = case.ended or as_of - timedelta(days=1)
        if genre.moment == "ended":
            return last
        first = case.opened + (last - case.opened) // 8
    else:
        last = min(date(genre.years[1], 12, 31), as_of - timedelta(days=1))
        first = min(date(genre.years[0], 1, 1), last - timedelta(days=365))
    return weekday_on_or_before(first + timedelta(days=rng.randint(0, (last - first).days)))


def _label(genre: Genre, case: Case | None, story: Story) -> Label:
    reference = case.reference if case else ""
    when = case.event(genre.trigger) if case else None
    if genre.trigger == "created" or (case is None and genre.trigger in OF_THE_DOCUMENT):
        when = story.date_of(genre.happens)
    return Label(genre.record_class, reference, genre.trigger, when)


def _file_time(changed: datetime, frame: Frame, rng: random.Random) -> datetime:
    chance = rng.random()
    if chance < 0.07 and changed < MIGRATED < _end(frame):
        return MIGRATED
    if chance < 0.17:
        return min(changed + timedelta(days=rng.randint(20, 700)), _end(frame))
    return changed


def _path(genre: Genre, text: Text, ending: str, story: Story) -> bytes:
    # A number of the story's own serves as seed, so that it differs between runs' seeds too.
    rng = random.Random(f"{genre.key}/{story['long']}")
    folder = "/".join(_plain(story.tell(part)) for part in rng.choice(genre.folders).split("/"))
    name = _plain(story.tell(rng.choice(text.names)))[:120]
    chance = rng.random()
    if chance < 0.05:
        folder = rng.choice(MESSY_FOLDERS)
    elif chance < 0.10:
        name = rng.choice((*LAZY_NAMES, f"Copy of {name}", f"{name} (1)", name.upper()))
    ending = ending.upper() if rng.random() < 0.03 else ending
    return f"{folder}/{name}.{ending}".encode()


def _plain(name: str) -> str:
    return name.replace("/", "-").strip()
