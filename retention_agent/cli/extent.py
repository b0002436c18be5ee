"""How much a hold covers, as people and programs read it."""

import os
import pwd
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from policies import State
from retention_agent.cli.progress import size
from retention_agent.register.batches import Item
from retention_agent.shares.paths import as_json, display
from retention_agent.workflow.extent import Extent
from retention_agent.workflow.held import Covered

_MOST_SHOWN = 10


def extent_document(found: Extent) -> dict[str, Any]:
    """The figures for other programs."""
    return {
        "records": found.records,
        "bytes": found.bytes,
        "in_doubt": found.in_doubt,
        "in_batches": len(found.in_batches),
        "by_share": _counted(found.by_share, found.bytes_by_share),
        "by_class": _counted(found.by_class, found.bytes_by_class),
        "oldest": found.oldest,
        "newest": found.newest,
        "examples": [covered_document(each) for each in found.examples],
        "stops": [_item_document(item) for item in found.in_batches],
    }


def covered_document(each: Covered) -> dict[str, Any]:
    """One record that is covered."""
    return {
        "record": each.number,
        "share": each.share,
        **as_json(each.path),
        "class": each.record_class,
        "size": each.size,
        "state": str(each.state),
        "in_doubt": each.in_doubt,
    }


def extent_lines(found: Extent, moving: str) -> list[str]:
    """The figures for people; `moving` says what becomes of what is in batches."""
    lines = [
        *_lines("on", found.by_share, found.bytes_by_share),
        *_lines("of class", found.by_class, found.bytes_by_class),
        *(f"  such as {covered_line(each)}" for each in found.examples),
    ]
    if found.in_doubt:
        lines.append(
            f"{found.in_doubt} of them only because their text or class is not known;"
            " they are kept all the same."
        )
    if found.in_batches:
        lines.append(f"{moving}: {len(found.in_batches)}")
        lines += [_item_line(item) for item in found.in_batches[:_MOST_SHOWN]]
    if found.in_batches[_MOST_SHOWN:]:
        lines.append(f"  and {len(found.in_batches) - _MOST_SHOWN} more; --json lists them all")
    return lines


def covered_line(each: Covered) -> str:
    """One record that is covered, on a line."""
    doubt = " (in doubt)" if each.in_doubt else ""
    return f"{each.number}  {each.share}:{display(each.path)}{doubt}"


def account() -> str:
    """What the account that runs this is called."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


@contextmanager
def progress() -> Iterator[Callable[[int], None]]:
    """Show on a terminal how many records were looked at."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.completed} records looked at"))
    shown = Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with shown:
        task = shown.add_task("looking", total=None)
        yield lambda looked: shown.update(task, completed=looked)


def _counted(records: Counter[str], sizes: Counter[str]) -> dict[str, dict[str, int]]:
    return {
        name: {"records": count, "bytes": sizes[name]} for name, count in sorted(records.items())
    }


def _lines(word: str, records: Counter[str], sizes: Counter[str]) -> list[str]:
    return [
        f"  {word} {name}: {count} ({size(sizes[name])})"
        for name, count in records.most_common(_MOST_SHOWN)
    ]


def _item_document(item: Item) -> dict[str, Any]:
    return {
        "batch": item.batch,
        "item": item.number,
        "record": item.record,
        "state": str(item.state),
    }


def _item_line(item: Item) -> str:
    where = ", in the disposal bin" if item.state is State.WAITING else ""
    return f"  record {item.record}: batch {item.batch}, item {item.number}, {item.state}{where}"
