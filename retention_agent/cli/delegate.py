"""`retention delegate`: have a colleague reminded while you are away."""

from datetime import date

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.cli.names import PERSON
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import DAY, WORDS
from retention_agent.cli.session import Session, key_option, with_session
from retention_agent.workflow.delegation import delegate


@click.command("delegate")
@click.argument("to", type=PERSON)
@click.option("--from", "first", type=DAY, required=True, help="Your first day away.")
@click.option("--until", "last", type=DAY, required=True, help="Your last day away.")
@click.option("--reason", type=WORDS, required=True, help="Kept with it, and signed.")
@key_option
@with_session
def command(
    session: Session,
    to: str,
    first: date,
    last: date,
    reason: str,
    private_key: Ed25519PrivateKey,
) -> None:
    """Have TO, who is an approver as you are, reminded of batches while you are away.

    It gives no right: TO answers with their own key, as one person.
    """
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        person = delegate(connection, private_key, to, (first, last), reason, app.now())
    if session.as_json:
        emit({"person": person, "to": to, "from": first.isoformat(), "until": last.isoformat()})
    else:
        say(f"From {first} until {last}, {to} is reminded instead of {person}.")
