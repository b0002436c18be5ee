"""Compares what a folder holds with what the register knows of it. Pure: values in, values out.

* A file is changed if its size, either of its times, its device or its inode differs: a changed
  time of status catches an edit whose time of modification was put back.
* Another inode under a known name may be the same document saved anew, or another file that was
  moved there. Which of the two is told only at the end of the scan, so it is kept apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from retention_agent.shares.model import Stamp

FEWEST_TO_FREEZE = 50
MOST_BEFORE_FREEZE = 1_000


@dataclass(slots=True)
class Difference:
    """The names of one folder by what became of them."""

    new: list[Stamp] = field(default_factory=list)
    changed: list[Stamp] = field(default_factory=list)
    replaced: list[Stamp] = field(default_factory=list)
    """known names that another inode stands under"""
    vanished: list[bytes] = field(default_factory=list)
    unchanged: int = 0


def compare(found: Sequence[Stamp], known: Sequence[Stamp]) -> Difference:
    """What became of each name, in the order of the names."""
    difference = Difference()
    before = {stamp[0]: stamp for stamp in known}
    for stamp in found:
        old = before.pop(stamp[0], None)
        if old is None:
            difference.new.append(stamp)
        elif old == stamp:
            difference.unchanged += 1
        elif old[4:] == stamp[4:]:
            difference.changed.append(stamp)
        else:
            difference.replaced.append(stamp)
    difference.vanished.extend(before)
    return difference


def vanish_limit(present: int) -> int:
    """How many of `present` files may be missing before it looks like a fault or an attack."""
    return min(max(FEWEST_TO_FREEZE, present // 100), MOST_BEFORE_FREEZE)
