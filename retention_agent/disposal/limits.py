"""How much may be disposed of at once: the blast radius.

A batch takes at most max(50 files, 1 % of the share), never above 10,000 files or 100 GiB, and the
same again bounds a share's 24 hours, so that splitting a batch does not evade it. A breach means
no act at all, not some.
"""

from dataclasses import dataclass

FEW_FILES = 50
SHARE_FRACTION = 100  # one file in a hundred
MOST_FILES = 10_000
MOST_BYTES = 100 * 2**30


@dataclass(frozen=True, slots=True)
class Amount:
    """Files and bytes of a plan, or of what was done already."""

    files: int
    size: int


def most_files(share_files: int) -> int:
    """How many files one batch of a share with `share_files` files may take."""
    return min(max(FEW_FILES, share_files // SHARE_FRACTION), MOST_FILES)


def breaches(plan: Amount, done: Amount, share_files: int) -> list[str]:
    """Why `plan` may not run, given what the last 24 hours already did; empty when it may."""
    most = most_files(share_files)
    found = []
    if plan.files > most:
        found.append(f"{plan.files} files in one batch; the limit of this share is {most}")
    elif plan.files + done.files > most:
        found.append(
            f"{plan.files} files after {done.files} in the last 24 hours;"
            f" the limit of this share is {most}"
        )
    if plan.size + done.size > MOST_BYTES:
        found.append(
            f"{plan.size + done.size} bytes within 24 hours; the limit is {MOST_BYTES} (100 GiB)"
        )
    return found
