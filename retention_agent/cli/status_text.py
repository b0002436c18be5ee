"""How `retention status` looks to people."""

from collections.abc import Mapping, Sequence
from typing import Any

from retention_agent.bootstrap import App
from retention_agent.cli.output import say, table
from retention_agent.cli.progress import size
from retention_agent.cli.session import local_time
from retention_agent.shares.paths import display, from_json

MOST_FOLDERS = 5
_GIVEN = {"automatic": "by rules", "manual": "by a person"}


def show(app: App, document: Mapping[str, Any]) -> None:
    """Print what the command gathered."""
    say(
        f"Schedule: {document['schedule']}.",
        f"{document['adopted']} of {document['classes']} classes adopted.",
    )
    if not document["adopted"]:
        say("Nothing can be proposed before two adopters sign: retention schedule adopt --key FILE")
    _show_shares(app, document)
    for share in document["shares"]:
        if share["files"]:
            _show_share(app, share)
    if document["batches"]:
        say("")
        _show_batches(app, document["batches"])


def _show_shares(app: App, document: Mapping[str, Any]) -> None:
    shares = document["shares"]
    rows = [
        [
            *_row(share["share"], share),
            local_time(share["last_scan"], app) or "never",
            share["frozen"] or ("goes on" if share["unfinished"] else "ok"),
        ]
        for share in shares
    ]
    if len(rows) > 1:
        rows.append([*_row("total", document["total"]), "", ""])
    if rows:
        table(["share", "files", "unread", "classed", "due", "last scan", "condition"], rows)
    if any(share["last_scan"] for share in shares):
        say(f"Due as of {document['as_of']}.")
    else:
        say("No share was scanned yet. Next: retention scan")


def _row(name: str, counts: Mapping[str, Any]) -> list[object]:
    return [
        name,
        counts["files"],
        counts["unreadable"] + counts["pending"],
        counts["classified"],
        ", ".join(f"{n} {action}" for action, n in sorted(counts["due"].items())) or "none",
    ]


def _show_share(app: App, share: Mapping[str, Any]) -> None:
    files = share["files"]
    say("", f"{share['share']}: {files} files, {size(share['bytes'])}")
    by_file = files - share["own_dates"]
    for name, parts in (
        ("age", _listed(share["ages"])),
        ("", [f"{share['own_dates']} dated by the document", f"{by_file} by the file system only"]),
        ("size", _listed(share["sizes"])),
        ("class", [f"{_GIVEN.get(by, by)} {n}" for by, n in sorted(share["origins"].items())]),
        ("read", [f"{share['captured']} ({share['partial']} in part)", f"{share['pending']} wait"]),
        ("unreadable", _listed(dict(sorted(share["reasons"].items())))),
        ("copies", _copies(share)),
        ("scanned", [_scanned(app, share)]),
        ("disposal", ["enabled" if share["disposal"] else "not enabled: read-only"]),
    ):
        if parts:
            say(f"{name:>12}  {', '.join(parts)}")
    _show_folders(share)


def _listed(counts: Mapping[str, int]) -> list[str]:
    return [f"{name} {number}" for name, number in counts.items() if number]


def _copies(share: Mapping[str, Any]) -> list[str]:
    if not share["copies"]:
        return []
    takes = size(share["copy_bytes"])
    return [f"{share['copies']} further copies take {takes}; list them with --duplicates"]


def _scanned(app: App, share: Mapping[str, Any]) -> str:
    complete = local_time(share["last_complete_scan"], app)
    text = f"completely {complete}" if complete else "never completely"
    text += "; the last scan was cut short, the next goes on" if share["unfinished"] else ""
    return text if share["configured"] else f"{text}; config.toml names it no more"


def _show_folders(share: Mapping[str, Any]) -> None:
    number = share["folders_not_entered"]
    if not number:
        return
    say(f"{'not entered':>12}  {number} folders")
    for folder in share["folders"][:MOST_FOLDERS]:
        say(f"{'':>12}  {display(from_json(folder)) or '(the root)'}: {folder['reason']}")


def _show_batches(app: App, batches: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        [
            each["batch"],
            each["share"],
            each["status"],
            each["requester"],
            local_time(each["proposed"], app),
            each["expires"][:10],
        ]
        for each in batches
    ]
    table(["batch", "share", "status", "requester", "proposed", "expires"], rows)
