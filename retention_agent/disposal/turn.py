"""One disposal run at a time: who takes the turn has the register's state folder to itself.

States in the register are compared before they are set, but between a committed intent and the
file's removal there is a moment that only one run may be in: another would take it for a crash.
The kernel gives the turn back when its holder ends, however it ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retention_agent.disposal.context import Context
from retention_agent.errors import Refused

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@contextmanager
def turn(context: Context) -> Iterator[None]:
    """Take the turn for as long as the `with` block lasts.

    Raises:
        Refused: another run has it.
    """
    folder = os.open(Path(context.engine.url.database or "").parent, _FOLDER)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(
                "another disposal run is at work on this register",
                "Wait until it has ended, then try again; nothing was changed.",
            ) from error
        yield
    finally:
        os.close(folder)
