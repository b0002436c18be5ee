"""What a scan found, counted as it goes."""

from collections import Counter
from dataclasses import dataclass, field

RawPath = bytes
"""a path relative to the share's root, as the file system has it"""


@dataclass(slots=True)
class ScanResult:
    """Counts of one scan.

    `seen` counts everything met that is not a folder to walk:
    seen = new + changed + moved + returned + unchanged + everything skipped, unless the window
    closed on it: then it is not told yet which names are moves.
    """

    number: int
    """the how-manyth scan of its share this is"""
    complete: bool = True
    """every folder was read to its end; absences are believed only then"""
    seen: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    vanished: int = 0
    """records that are absent now and were present before; 0 where absences are not believed"""
    returned: int = 0
    """records that were absent and are present again at their path"""
    skipped: Counter[str] = field(default_factory=Counter)
    """names that are not walked: link, special, boundary (another mount), sentinel"""
    bytes: int = 0
    directories: int = 0
    unreadable_directories: list[tuple[RawPath, str]] = field(default_factory=list)
    """what makes the scan incomplete: path and reason"""
    began: str = ""
    """the instant at which the first part began, of a scan that goes on"""
    new_before: int = 0
    """files that were new to the earlier parts of a scan that goes on"""
    window: str = ""
    """closed: the share's window closed on the walk; ignored: a person told to scan outside it"""
    frozen: str | None = None
    """why disposal from the share is stopped, if this scan stopped it"""

    @property
    def stopped(self) -> bool:
        """Whether the walk ended before its end, to go on at the next scan."""
        return self.window == "closed"

    def trouble(self, path: RawPath, reason: str) -> None:
        """Count something that could not be read; the scan is incomplete from then on."""
        self.complete = False
        self.unreadable_directories.append((path, reason))

    def skip(self, kind: str, number: int = 1) -> None:
        """Count names that are not walked."""
        self.skipped[kind] += number
        self.seen += number
