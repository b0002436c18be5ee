"""`retention search export`: what was found, with the record of how it was searched for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa

from retention_agent.audit import log
from retention_agent.audit.event import Event
from retention_agent.bootstrap import App
from retention_agent.cli.asking import as_option, desk, put, question_options
from retention_agent.cli.files import require_elsewhere
from retention_agent.cli.names import SEARCH
from retention_agent.cli.output import emit, note, say
from retention_agent.cli.parameters import FOLDER, WORDS
from retention_agent.cli.session import Session, with_session
from retention_agent.discovery import export
from retention_agent.discovery.question import Question, from_document
from retention_agent.discovery.search_record import Particulars
from retention_agent.errors import Incomplete, UsageError
from retention_agent.register import searches
from retention_agent.register.tables import share
from retention_agent.shares.local import ShareRoot


@click.command("export")
@question_options
@click.option("--saved", type=SEARCH, metavar="NAME", help="What this saved search asks for.")
@as_option
@click.option("--output", required=True, type=FOLDER, help="New folder.")
@click.option("--copies", is_flag=True, help="Copy the files too, each compared by SHA-256.")
@click.option("--request", type=WORDS, help="The request it answers: SAR 2026/14.")
@with_session
def command(
    session: Session,
    question: Question,
    saved: str | None,
    person: str | None,
    output: Path,
    request: str | None,
    *,
    copies: bool,
) -> None:
    """Write what a search finds to the new folder --output, with a record of the search.

    load-list.csv has a row for each record, unread.csv the files in scope that were not searched,
    search-record.txt and .json say what was searched, how and how far. Exit code 3: a file could
    not be copied.
    """
    if saved and question != Question():
        raise UsageError("give a query, a person and limits, or --saved NAME alone")
    app = session.open()
    require_elsewhere(app, output)
    with app.alone():
        with desk(app, person) as at:
            if saved:
                question = from_document(searches.find(at.connection, saved, "").question)
            found = export.gather(at, put(app, at, question))
        export.new_folder(output)
        copied = (
            export.copies_of(found.rows, lambda name: _opened(app, name), output)
            if copies
            else None
        )
        about = Particulars(app.config.organisation.name, request, app.now())
        written = export.write(found, copied, about, app.config.zone, output)
        _log(app, written, person)
    _show(session, output, written)


@contextmanager
def _opened(app: App, name: str) -> Iterator[ShareRoot]:
    with app.engine.begin() as connection:
        known = connection.execute(sa.select(share).where(share.c.name == name)).one()
    with app.share(name) as root:
        root.check_identity(known.device, known.inode, known.sentinel)
        yield root


def _log(app: App, written: dict[str, Any], person: str | None) -> None:
    event = Event(
        "search record",
        f"search:{written['sha256'][:16]}",
        facts={
            "sha256": written["sha256"],
            "load_list": written["load_list"]["sha256"],
            "found": written["found"],
            "copied": written["copies"]["copied"],
        },
        private={"searcher": person},
    )
    with app.engine.begin() as connection:
        log.append(connection, event, app.now())


def _show(session: Session, output: Path, written: dict[str, Any]) -> None:
    missing = written["copies"]["not_copied"]
    if session.as_json:
        emit({"folder": output, **written})
    else:
        say(f"{written['found']} records are listed in {output / export.LOAD_LIST}.")
        if written["copies"]["asked"]:
            say(f"{written['copies']['copied']} files are copied to {output / export.FILES}.")
        say(f"How it was searched: {output / export.READABLE}")
    if written["unread"]["files"]:
        note(f"{written['unread']['files']} files in scope were not or not wholly searched.")
    if missing:
        raise Incomplete(
            f"{len(missing)} files were not copied",
            *(f"record {each['record']}: {each['why']}" for each in missing[:20]),
        )
