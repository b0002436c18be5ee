"""What the command line prints: data on stdout, messages on stderr, nothing that steers a terminal.

File names, titles and text come from strangers. Every one of them passes through `safe`, so that no
control, escape or direction character of theirs reaches a terminal.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

_PIPE_WIDTH = 160


def safe(value: object) -> str:
    """Any value as text fit for a terminal."""
    return "".join(map(_shown, str(value)))


def emit(document: Mapping[str, Any]) -> None:
    """Print one JSON document as a line on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=True, default=str) + "\n")


def say(*lines: str) -> None:
    """Print lines of text on stdout, each on one line whatever it holds."""
    _print(_console(sys.stdout), lines)


def note(*lines: str) -> None:
    """Print messages on stderr."""
    _print(_console(sys.stderr), lines)


def complain(message: str, *advice: str) -> None:
    """Print what went wrong and what to do, on stderr."""
    note(f"retention: {message}", *(f"  {line}" for line in advice))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headings on stdout."""
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*(Text("" if cell is None else safe(cell)) for cell in row))
    _console(sys.stdout).print(grid)


def _print(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(Text(safe(line)), soft_wrap=True)


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(file=stream, markup=False, highlight=False, width=width)
