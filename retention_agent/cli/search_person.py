"""`retention search person`: one person under many names, addresses and references."""

import click

from retention_agent.audit import log
from retention_agent.audit.event import Event
from retention_agent.bootstrap import App
from retention_agent.cli.names import SUBJECT
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import WORDS
from retention_agent.cli.session import Session, local_time, with_session
from retention_agent.discovery.person import expanded
from retention_agent.errors import Refused
from retention_agent.register import searches, subjects
from retention_agent.register.subjects import Subject, SubjectName


@click.group("person")
def group() -> None:
    """People whose records are looked for; `--person ID` searches for all their names at once.

    Personal data: it stays in the register, is never logged, and `erase` removes it.
    """


@group.command("add")
@click.argument("subject", metavar="ID", type=WORDS)
@click.option("--name", "names", multiple=True, type=WORDS, help="A full name: Jane Smith.")
@click.option("--alias", "aliases", multiple=True, type=WORDS, help="Another or earlier name.")
@click.option("--email", "emails", multiple=True, type=WORDS)
@click.option("--reference", "references", multiple=True, type=WORDS, help="A case or staff no.")
@with_session
def add(
    session: Session,
    subject: str,
    names: tuple[str, ...],
    aliases: tuple[str, ...],
    emails: tuple[str, ...],
    references: tuple[str, ...],
) -> None:
    """Enter a person as ID, or add more names to one. Best name the request, not the person."""
    given = zip(subjects.KINDS, (names, aliases, emails, references), strict=True)
    wanted = [SubjectName(kind, value) for kind, values in given for value in values]
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        number = subjects.add(connection, subject, wanted, app.now())
        log.append(connection, _event(number, "added", len(wanted)), app.now())
        entered = subjects.find(connection, subject)
    _show(session, app, entered)


@group.command("list")
@with_session
def list_people(session: Session) -> None:
    """List every person with all names, and what each comes to in a search."""
    app = session.open()
    with app.engine.begin() as connection:
        found = subjects.load(connection)
    for each in found:
        _show(session, app, each)
    if not found and not session.as_json:
        say("Nobody is entered. Next: retention search person add ID --name NAME")


@group.command("remove")
@click.argument("subject", metavar="ID", type=SUBJECT)
@click.argument("value", metavar="NAME", type=WORDS)
@with_session
def remove(session: Session, subject: str, value: str) -> None:
    """Search no longer for NAME of ID; it stays listed as withdrawn."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        number = subjects.withdraw(connection, subject, value, app.now()).number
        log.append(connection, _event(number, "withdrawn", 1), app.now())
        left = subjects.find(connection, subject)
    _show(session, app, left)


@group.command("erase")
@click.argument("subject", metavar="ID", type=SUBJECT)
@with_session
def erase(session: Session, subject: str) -> None:
    """Erase ID with all names from the register, once the request is closed."""
    app = session.open()
    with app.alone():
        with app.engine.begin() as connection:
            using = [
                each.name
                for each in searches.load(connection, "")
                if each.question["person"] == subject
            ]
            if using:
                raise Refused(
                    f"saved searches ask for {subject!r}: {', '.join(using)}",
                    *(f"retention search forget {name}" for name in using),
                )
            gone = subjects.erase(connection, subject)
            event = _event(gone.number, "erased", len(gone.names))
            log.append(connection, event, app.now())
        app.index.expunge(app.engine)
    if session.as_json:
        emit({"person": subject, "erased": len(gone.names)})
    else:
        say(f"{subject} is erased with {len(gone.names)} names.")


def _event(number: int, what: str, names: int) -> Event:
    return Event("data subject change", f"data-subject:{number}", facts={what: names})


def _show(session: Session, app: App, subject: Subject) -> None:
    searched = expanded(subject)
    if session.as_json:
        names = [
            {
                "kind": each.kind,
                "value": each.value,
                "withdrawn": each.withdrawn,
                "searched_as": list(searched.get(each, ())),
            }
            for each in subject.names
        ]
        emit({"person": subject.name, "names": names})
        return
    say(subject.name)
    for each in subject.names:
        gone = f"  withdrawn {local_time(each.withdrawn, app)}" if each.withdrawn else ""
        say(f"  {each.kind:<9}  {each.value}{gone}")
        if phrases := [one for one in searched.get(each, ()) if one != each.value]:
            say(f"             also: {'; '.join(phrases)}")
