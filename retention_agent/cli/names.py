"""Arguments that name something in the configuration or the register, completed by the shell."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import click
import sqlalchemy as sa
from click.shell_completion import CompletionItem

from retention_agent.audit import keyring
from retention_agent.bootstrap import App
from retention_agent.cli.output import safe
from retention_agent.cli.parameters import Words
from retention_agent.cli.session import Session
from retention_agent.errors import RetentionError
from retention_agent.register import schedules, searches, subjects
from retention_agent.register.engine import DATABASE_ERRORS
from retention_agent.register.tables import batch, hold

Lister = Callable[[App], Iterable[tuple[str, str]]]

_UNREACHABLE: tuple[type[Exception], ...] = (RetentionError, OSError, *DATABASE_ERRORS)


@dataclass
class Named(Words):
    """Text that names something; `lister` gives the names there are, each with a word of help."""

    lister: Lister
    name: str = "text"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The names that begin so; none where the state folder cannot be opened."""
        del param
        given: Path | None = ctx.params.get("config")
        try:
            app = Session(given, as_json=False).open()
            found = list(self.lister(app))
        except _UNREACHABLE:
            return []
        begun = incomplete.casefold()
        return [
            CompletionItem(name, help=safe(hint))
            for name, hint in found
            if name.casefold().startswith(begun)
        ]


def _shares(app: App) -> Iterable[tuple[str, str]]:
    return [(share.name, share.path) for share in app.config.shares]


def _batches(app: App) -> Iterable[tuple[str, str]]:
    query = sa.select(batch.c.id, batch.c.status).order_by(batch.c.id.desc())
    with app.engine.connect() as connection:
        return [(name, status) for name, status in connection.execute(query)]


def _holds(app: App) -> Iterable[tuple[str, str]]:
    with app.engine.connect() as connection:
        return [
            (name, title) for name, title in connection.execute(sa.select(hold.c.id, hold.c.title))
        ]


def _classes(app: App) -> Iterable[tuple[str, str]]:
    with app.engine.connect() as connection:
        return [(code, rule.title) for code, rule in schedules.in_force(connection).rules.items()]


def _searches(app: App) -> Iterable[tuple[str, str]]:
    with app.engine.connect() as connection:
        return [(each.name, each.question["words"]) for each in searches.load(connection, "")]


def _subjects(app: App) -> Iterable[tuple[str, str]]:
    with app.engine.connect() as connection:
        return [(each.name, "") for each in subjects.load(connection)]


def _people(app: App) -> Iterable[tuple[str, str]]:
    with app.engine.connect() as connection:
        people = keyring.active(connection).people
    return [(each.id, each.name) for each in people.values()]


SHARE = Named(_shares)
BATCH = Named(_batches)
HOLD = Named(_holds)
CLASS = Named(_classes)
SEARCH = Named(_searches)
SUBJECT = Named(_subjects)
PERSON = Named(_people)
