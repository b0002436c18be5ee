"""What can go wrong, and the exit code each kind gives the command line.

    RetentionError                 1   the command failed
    ├── UsageError                 2   the command was asked for something that cannot be
    │   ├── ConfigError            2   config.toml
    │   ├── ScheduleRejected       2   a schedule file
    │   └── NotFound               2   no such record, batch, person, hold, share
    ├── Incomplete                 3   finished, but something was left out or found
    ├── Refused                    4   a hold, a limit or a missing approval stood in the way
    │   └── Busy                   4   another changing command is at work
    └── IntegrityError             5   evidence, register or key does not add up

Every message says what is wrong, where, and what to do; `diagnosis` holds further lines.
"""

import difflib
from collections.abc import Iterable


class RetentionError(Exception):
    """Anything the world did that stopped a command."""

    exit_code = 1

    def __init__(self, message: str, *diagnosis: str) -> None:
        super().__init__(message)
        self.diagnosis = diagnosis


class UsageError(RetentionError):
    """The command was asked for something that cannot be."""

    exit_code = 2


class ConfigError(UsageError):
    """The configuration file names something unknown or impossible."""


class ScheduleRejected(UsageError):
    """A schedule file has mistakes; `diagnosis` lists every one of them."""


class NotFound(UsageError):
    """Nothing of that name or number is in the register."""


class Incomplete(RetentionError):
    """The work ended, but not all of it could be done."""

    exit_code = 3


class Refused(RetentionError):
    """A hold, a limit, a role or a missing approval stood in the way."""

    exit_code = 4


class Busy(Refused):
    """Another command is at work on the same state folder."""


class IntegrityError(RetentionError):
    """Evidence, register or key does not add up; nothing further is done."""

    exit_code = 5


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that is not known: what may have been meant, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""
