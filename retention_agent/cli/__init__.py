"""The command line: each file parses, calls one stage function, and shows what it answered."""

import difflib
import importlib

import click

from retention_agent import __version__
from retention_agent.cli.examples import with_example

# name -> module under retention_agent.cli; loaded only when used, so that `--help` is quick
COMMANDS = {
    "init": "initialise",
    "share": "share",
    "doctor": "doctor",
    "scan": "scan",
    "status": "status",
    "report": "report",
    "unreadable": "unreadable",
    "find": "find",
    "search": "search",
    "show": "show",
    "explain": "explain",
    "classify": "classify",
    "evaluate": "evaluate",
    "schedule": "schedule",
    "event": "event",
    "hold": "hold",
    "due": "due",
    "propose": "propose",
    "review": "review",
    "answer": "answer",
    "approve": "approve",
    "reject": "reject",
    "delegate": "delegate",
    "notify": "notify",
    "dispose": "dispose",
    "restore": "restore",
    "purge": "purge",
    "transfer": "transfer",
    "certificate": "certificate",
    "trace": "trace",
    "log": "log",
    "verify": "verify",
    "key": "key",
    "person": "person",
    "completion": "completion",
}


class LazyGroup(click.Group):
    """A group that imports a command's file when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """The commands in the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command called `cmd_name`, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"retention_agent.cli.{COMMANDS[cmd_name]}")
        return with_example(module.command, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; a command that does not exist is answered with the nearest."""
        near = difflib.get_close_matches(args[0], COMMANDS, n=1)
        if near and args[0] not in COMMANDS:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="retention")
def retention() -> None:
    """Find records, apply the retention schedule, dispose with proof.

    Exit codes: 0 done, 1 failure, 2 wrong usage, 3 incomplete or findings, 4 refused (a hold, a
    limit, a missing approval), 5 integrity failure.
    """
