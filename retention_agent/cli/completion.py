"""`retention completion`: what a shell needs to complete commands, options and names."""

import click
from click.shell_completion import ShellComplete, get_completion_class

from retention_agent.cli.output import emit
from retention_agent.cli.parameters import OneOf
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import UsageError

VARIABLE = "_RETENTION_COMPLETE"


@click.command("completion")
@click.argument("shell", type=OneOf(["bash", "zsh", "fish"]))
@with_session
def command(session: Session, shell: str) -> None:
    """Print the completion script for your SHELL."""
    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"there is no completion for {shell}")
    root = click.get_current_context().find_root().command
    # not the subclass's own: it runs the shell to ask for its version
    script = ShellComplete.source(kind(root, {}, "retention", VARIABLE))
    if session.as_json:
        emit({"shell": shell, "script": script})
    else:
        click.echo(script)
