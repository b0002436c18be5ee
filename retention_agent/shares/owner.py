"""Whose a file is, as text for people."""

import grp
import os
import pwd
from functools import lru_cache

from retention_agent.shares.paths import display


@lru_cache(maxsize=4096)
def owner(uid: int) -> str:
    """`name (uid)`, or `unknown (uid)` where this machine knows no such account."""
    try:
        name = display(os.fsencode(pwd.getpwuid(uid).pw_name))
    except KeyError:
        name = "unknown"
    return f"{name} ({uid})"


@lru_cache(maxsize=4096)
def group(gid: int) -> str:
    """`name (gid)`, or `unknown (gid)` where this machine knows no such group."""
    try:
        name = display(os.fsencode(grp.getgrgid(gid).gr_name))
    except KeyError:
        name = "unknown"
    return f"{name} ({gid})"
