"""The list of a batch as a sheet to be filled in, and the filled sheet as answers.

A row is an item, or a folder where the column `item` is empty. An empty `answer` says nothing.
A folder stands between slashes: so no program takes its name for a number, no blank at its end is
lost, and none can be called what stands for the whole batch.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from retention_agent.audit.answers import TOP, WORDS, Answer, Target
from retention_agent.errors import UsageError
from retention_agent.register.batches import Item
from retention_agent.shares.paths import display
from retention_agent.workflow import review
from retention_agent.workflow.answer_list import Line, tree

COLUMNS = (
    *("batch", "item", "folder", "name", "record", "files", "class", "due", "action", "size"),
    *("answered", "result", "answer", "until", "new class", "reason"),
)
WHOLE = "(the whole batch)"

Cells = Mapping[str, str]


def to_rows(batch: str, shown: Sequence[Line]) -> list[list[object]]:
    """The sheet: a heading, a row for each folder with the number of its files, and the items."""
    rows: list[list[object]] = [list(COLUMNS)]
    for folder, counts in tree(shown).items():
        about = {"folder": _shown(folder), "files": counts.total()}
        rows.append(_row({"batch": batch, **about}))
    rows += [_row({"batch": batch, **_item(line)}) for line in shown]
    return rows


def from_rows(
    batch: str, rows: Sequence[Sequence[str]], items: Sequence[Item]
) -> dict[Target, Answer]:
    """The answers in a filled sheet.

    Raises:
        UsageError: rows have mistakes; each is listed with its number and column.
    """
    if not rows or not {"item", "folder", "answer"} <= set(rows[0]):
        raise UsageError(
            "the first row must be the heading of the list",
            f"retention review {batch} --output FILE writes it; fill in the column `answer`.",
        )
    found: dict[Target, Answer] = {}
    mistakes: list[str] = []
    targets = _targets(items)
    for number, row in enumerate(rows[1:], 2):
        cells = {name: cell.strip() for name, cell in zip(rows[0], row, strict=False)}
        if not cells.get("answer"):
            continue
        amiss = [f"row {number}, {why}" for why in _amiss(batch, cells, targets)]
        target = targets.get(_key(cells))
        if target in found:
            amiss.append(f"row {number}, column item: answered in an earlier row already")
        if not amiss and target is not None:
            found[target] = _answer(cells)
        mistakes += amiss
    if mistakes:
        raise UsageError(f"{len(mistakes)} mistake(s) in the list; nothing was done", *mistakes)
    if not found:
        raise UsageError("no row has an answer; nothing was done")
    return found


def _targets(items: Sequence[Item]) -> dict[tuple[str, str], Target]:
    """What rows may be about, by their columns item (or folder) and record."""
    found: dict[tuple[str, str], Target] = {("", WHOLE): TOP}
    for item in items:
        found[str(item.number), str(item.record)] = item.number
        path = review.subject_of(item).path
        while path := path.rpartition(b"/")[0]:
            found["", _shown(path)] = path
    return found


def _key(cells: Cells) -> tuple[str, str]:
    item = cells.get("item", "")
    return (item, cells.get("record", "")) if item else ("", cells.get("folder", ""))


def _amiss(batch: str, cells: Cells, targets: Mapping[tuple[str, str], Target]) -> Iterator[str]:
    if cells.get("batch", batch) != batch:
        yield f"column batch: {cells['batch']!r} is another batch than {batch}"
    if cells["answer"].lower() not in WORDS:
        yield f"column answer: {cells['answer']!r} is none of {', '.join(WORDS)}"
    if _key(cells) not in targets:
        what = "item: not an item of the batch, or of another record"
        yield f"column {what if cells.get('item') else 'folder: not a folder of the batch'}"


def _answer(cells: Cells) -> Answer:
    return Answer(
        word=cells["answer"].lower(),
        reason=cells.get("reason", ""),
        until=cells.get("until", ""),
        record_class=cells.get("new class", ""),
    )


def _row(about: Mapping[str, object]) -> list[object]:
    return [about.get(column) for column in COLUMNS]


def _item(line: Line) -> dict[str, Any]:
    folder, _, name = line.path.rpartition(b"/")
    said = [f"{person}: {word}" for person, word in sorted(line.answers.items())]
    return {
        "item": line.number,
        "folder": _shown(folder) if folder else "",
        "name": display(name),
        "record": line.record,
        "class": line.entry["class"],
        "due": line.entry["due"],
        "action": line.entry["action"],
        "size": line.entry["size"],
        "answered": "; ".join(said),
        "result": f"{line.result}: {line.why}" if line.why else line.result,
    }


def _shown(folder: bytes) -> str:
    return f"/{display(folder)}/" if folder else WHOLE
