"""`retention search`: searches that are kept, people to search for, lists of terms, exports."""

import re
from collections.abc import Mapping
from typing import Any

import click

from indexer.search.base import Hit
from indexer.search.query import Records, restricted
from retention_agent.cli import search_batch, search_export, search_person
from retention_agent.cli.asking import (
    as_option,
    desk,
    put,
    question_options,
    scope_document,
    show_hits,
    show_total,
)
from retention_agent.cli.names import SEARCH
from retention_agent.cli.output import emit, say, table
from retention_agent.cli.parameters import WORDS
from retention_agent.cli.session import Session, local_time, with_session
from retention_agent.discovery import answer
from retention_agent.discovery.answer import Asked, Desk
from retention_agent.discovery.question import Question, from_document, understood
from retention_agent.errors import UsageError
from retention_agent.register import searches

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


@click.group("search")
def command() -> None:
    """Answer requests for information: saved searches, people, lists of terms, exports.

    For a single search: retention find. How to answer a request: docs/how-to/subject-access.md
    """


command.add_command(search_person.group)
command.add_command(search_batch.command)
command.add_command(search_export.command)


@command.command("save")
@click.argument("name", type=WORDS)
@question_options
@with_session
def save(session: Session, name: str, question: Question) -> None:
    """Keep a search as NAME, with its person and limits; `run` tells what is new since then."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a search: use letters, digits, dots and hyphens")
    app = session.open()
    with app.alone():
        with desk(app, None) as at:
            meaning = understood(put(app, at, question).query)
        with app.engine.begin() as connection:
            searches.save(connection, name, question.document(), app.now())
    if session.as_json:
        emit({"search": name, **question.document(), "understood": meaning})
    else:
        say(f"Search {name} is kept: {meaning}", f"Next: retention search run {name}")


@command.command("list")
@as_option
@with_session
def list_searches(session: Session, person: str | None) -> None:
    """List the saved searches, with when they were last run."""
    app = session.open()
    with desk(app, person) as at:
        kept = searches.load(at.connection, at.who.person)
    if session.as_json:
        for each in kept:
            emit({"search": each.name, **each.question, "saved": each.saved, "ran": each.ran})
    elif kept:
        table(
            ["search", "asks for", "saved", "last run"],
            [
                [
                    each.name,
                    _shown(each.question),
                    local_time(each.saved, app),
                    local_time(each.ran, app) or "never",
                ]
                for each in kept
            ],
        )
    else:
        say("No search is kept yet. Keep one with: retention search save NAME QUERY")


@command.command("show")
@click.argument("name", type=SEARCH)
@with_session
def show(session: Session, name: str) -> None:
    """Show what the saved search NAME asks for, and how it is understood now."""
    app = session.open()
    with desk(app, None) as at:
        kept = searches.find(at.connection, name, "")
        meaning = understood(put(app, at, from_document(kept.question)).query)
    document = {"search": name, **kept.question, "saved": kept.saved, "understood": meaning}
    if session.as_json:
        emit(document)
        return
    for key, value in document.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        if shown:
            say(f"{key:>10}  {shown}")


@command.command("run")
@click.argument("name", type=SEARCH)
@as_option
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--all", "everything", is_flag=True, help="List every hit, not the new ones alone.")
@with_session
def run(session: Session, name: str, person: str | None, limit: int, *, everything: bool) -> None:
    """Run the saved search NAME and list what is new since you last ran it."""
    app = session.open()
    with app.alone(), desk(app, person) as at:
        kept = searches.find(at.connection, name, at.who.person)
        asked = put(app, at, from_document(kept.question))
        numbers = answer.numbers(at, asked)
        with app.engine.begin() as connection:
            fresh = searches.see(connection, kept, at.who.person, numbers, app.now())
        scope = answer.reach(at, asked)
        found = _hits(at, asked, None if everything else fresh, limit)
        if session.as_json:
            emit(
                {
                    "search": name,
                    "found": len(numbers),
                    "new": fresh,
                    "last_run": kept.ran,
                    **scope_document(scope),
                }
            )
        else:
            show_hits(at, found, scope, as_json_lines=False)
        since = f"since {local_time(kept.ran, app)}" if kept.ran else "as this is the first run"
        show_total(at, len(numbers), scope, f"{len(fresh)} of them new {since}")


@command.command("forget")
@click.argument("name", type=SEARCH)
@with_session
def forget(session: Session, name: str) -> None:
    """Remove the saved search NAME, and what was noted of its runs."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        searches.forget(connection, name)
    if session.as_json:
        emit({"search": name, "forgotten": True})
    else:
        say(f"Search {name} is forgotten.")


def _hits(at: Desk, asked: Asked, only: list[int] | None, limit: int) -> list[Hit]:
    if only is None:
        return answer.hits(at, asked, limit)[0]
    query = restricted(asked.query, Records(frozenset(only)))
    return answer.hits(at, Asked(asked.question, query), limit)[0]


def _shown(question: Mapping[str, Any]) -> str:
    limits = [
        f"{key} {', '.join(value) if isinstance(value, list) else value}"
        for key, value in question.items()
        if key != "words" and value
    ]
    return "; ".join([*filter(None, [question["words"]]), *limits])
