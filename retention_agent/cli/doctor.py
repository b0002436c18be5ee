"""`retention doctor`: what this machine has, what is missing, and what that costs."""

import importlib.util
import os
import platform
from dataclasses import dataclass
from pathlib import Path

import click

from indexer.identify import libmagic_source
from retention_agent.bootstrap import App
from retention_agent.capture import sandbox
from retention_agent.cli.output import emit, table
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import Incomplete, RetentionError
from retention_agent.register.engine import driver
from retention_agent.shares.resolve import BY_KERNEL, best_resolver

_SECURE_DELETE = (3, 42)
_MODULES = {
    "pygfried": "PRONOM identifiers are not found",
    "iscc_tika": "legacy Office files and others without a reader of our own stay unreadable",
    "typst": "no certificate on paper: pip install 'retention-agent[pdf]'",
}
_KERNEL = {
    "openat2": "paths are opened step by step: slower, as safe",
    "Landlock": "a reading process that is taken over could open files of this account",
    "seccomp": "a reading process that is taken over could reach the network",
}
_NETWORK = frozenset({"cifs", "smb3", "nfs", "nfs4", "fuse.sshfs", "9p", "afs"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `well` is false when something is lost by it."""

    subject: str
    found: str
    well: bool
    cost: str = ""


@click.command("doctor")
@with_session
def command(session: Session) -> None:
    """Check installation, state folder and shares. Exit code 3 if something is amiss."""
    findings = [*_machine(), *_site(session)]
    if session.as_json:
        for each in findings:
            emit({"subject": each.subject, "found": each.found, "ok": each.well, "cost": each.cost})
    else:
        table(
            ["", "subject", "found", "what it costs"],
            [["ok" if f.well else "!!", f.subject, f.found, f.cost] for f in findings],
        )
    amiss = [each.subject for each in findings if not each.well]
    if amiss:
        raise Incomplete(f"to be looked at: {', '.join(amiss)}")


def _machine() -> list[Finding]:
    sqlite = driver()
    linux = platform.system() == "Linux"
    return [
        Finding("Python", platform.python_version(), well=True),
        Finding(
            "SQLite",
            f"{sqlite.sqlite_version} ({sqlite.__name__})",
            well=True,
            cost=""
            if sqlite.sqlite_version_info >= _SECURE_DELETE
            else "deleted text is expunged by rewriting the index: slower purges",
        ),
        Finding("libmagic", libmagic_source(), well=True),
        *(_module(name, cost) for name, cost in _MODULES.items()),
        Finding("system", platform.platform(), well=linux, cost="" if linux else "no disposal"),
        *_kernel(),
    ]


def _kernel() -> list[Finding]:
    found = {"openat2": best_resolver() is BY_KERNEL, **sandbox.offered()}
    return [
        Finding(name, "there" if there else "missing", well=there, cost="" if there else cost)
        for name, there in found.items()
        for cost in [_KERNEL[name]]
    ]


def _module(name: str, cost: str) -> Finding:
    there = importlib.util.find_spec(name) is not None
    return Finding(
        name, "installed" if there else "missing", well=there, cost="" if there else cost
    )


def _site(session: Session) -> list[Finding]:
    try:
        app = session.open()
    except RetentionError as error:
        return [Finding("configuration", str(error), well=False, cost="; ".join(error.diagnosis))]
    state = app.config.state_folder
    free = os.statvfs(state)
    return [
        Finding("configuration", str(app.config.source), well=True),
        Finding(
            "state folder", f"{state}, {free.f_bavail * free.f_frsize >> 20} MiB free", well=True
        ),
        *_undo(app),
        *(_share(app, share.name) for share in app.config.shares),
    ]


def _undo(app: App) -> list[Finding]:
    if app.config.disposal.unsafe_undo_window == "off":
        return []
    cost = "a purge may follow at once and nothing can be brought back; certificates say so"
    return [Finding("undo window", "none (unsafe_undo_window)", well=False, cost=cost)]


def _share(app: App, name: str) -> Finding:
    try:
        with app.share(name):
            pass
    except RetentionError as error:
        return Finding(f"share {name}", str(error), well=False, cost="it cannot be scanned")
    kind = _file_system(app.config.share_path(name).resolve())
    disposal = "disposal enabled" if app.config.share(name).disposal else "read only"
    cost = "nobody can tell whether another machine has a file open" if kind in _NETWORK else ""
    return Finding(f"share {name}", f"reachable, {kind}, {disposal}", well=True, cost=cost)


def _file_system(place: Path) -> str:
    """The kind of file system at `place`, as the kernel names it."""
    mounts = {}
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        before, _, after = line.partition(" - ")
        # blanks in the name of a mount are written as octal escapes
        where = before.split()[4].encode().decode("unicode_escape")
        mounts[Path(where)] = after.split()[0]
    return next((mounts[each] for each in (place, *place.parents) if each in mounts), "unknown")
