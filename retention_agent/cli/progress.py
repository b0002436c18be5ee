"""What a person sees of a scan while it runs; nothing where nobody watches."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from retention_agent.capture.commit import CaptureResult
from retention_agent.cli.output import safe
from retention_agent.scan.result import ScanResult

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")
_THOUSAND = 1000


def size(octets: int) -> str:
    """A number of bytes as people write it, in steps of a thousand."""
    number, unit = float(octets), 0
    while number >= _THOUSAND and unit < len(_UNITS) - 1:
        number, unit = number / _THOUSAND, unit + 1
    return f"{number:.1f} {_UNITS[unit]}" if unit else f"{octets} bytes"


def walking(result: ScanResult, seconds: float) -> str:
    """How far a walk is."""
    troubles = len(result.unreadable_directories)
    failures = f", {troubles} could not be read" if troubles else ""
    folders = f"{result.directories:,} folders"
    return f"walked {result.seen:,} files in {folders}{_rate(result.seen, seconds)}{failures}"


def reading(result: CaptureResult, seconds: float) -> str:
    """How far the reading is."""
    unreadable = result.unreadable.total()
    files = result.captured + unreadable
    failures = f", {unreadable} unreadable" if unreadable else ""
    return f"read {files:,} files, {size(result.bytes)}{_rate(files, seconds)}{failures}"


@dataclass
class Watch:
    """A line on the terminal that tells of one share."""

    share: str
    progress: Progress
    task: TaskID
    started: float = field(default_factory=time.monotonic)

    def walked(self, result: ScanResult) -> None:
        """Show how far the walk is."""
        self._show(walking(result, time.monotonic() - self.started))

    def read(self, result: CaptureResult) -> None:
        """Show how far the reading is."""
        self._show(reading(result, time.monotonic() - self.started))

    def begin(self) -> None:
        """Count the rate from now on."""
        self.started = time.monotonic()

    def _show(self, text: str) -> None:
        self.progress.update(self.task, description=f"{safe(self.share)}: {text}")


@contextmanager
def watch(share: str) -> Iterator[Watch]:
    """Keep a line on the terminal while a share is scanned."""
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        yield Watch(share, progress, progress.add_task(f"{safe(share)}: walking", total=None))


def _rate(files: int, seconds: float) -> str:
    return f", {files / seconds:,.0f} a second" if seconds >= 1 else ""
