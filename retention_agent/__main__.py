"""Entry point of the `retention` command: turns errors into exit codes."""

import errno
import io
import os
import sys

import click

from retention_agent.cli import retention
from retention_agent.cli.output import complain
from retention_agent.errors import IntegrityError, RetentionError
from retention_agent.register.engine import DATABASE_ERRORS
from retention_agent.shares.paths import display


def main() -> None:
    """Run `retention` with the arguments of this process and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know fewer characters than we
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; answers with its exit code and never raises for what users can cause."""
    try:
        code = retention.main(arguments, prog_name="retention", standalone_mode=False)
        sys.stdout.flush()  # what cannot be written is told here, not as Python ends
    except click.Abort:
        complain("stopped; what was finished before stays as it is")
        return RetentionError.exit_code
    except click.ClickException as error:
        _misused(error)
        return error.exit_code
    except RetentionError as error:
        complain(str(error), *error.diagnosis)
        return error.exit_code
    except OSError as error:
        return _machine_refused(error)
    except DATABASE_ERRORS as error:
        return _register_refused(str(getattr(error, "orig", error)))
    return code if isinstance(code, int) else 0


def _misused(error: click.ClickException) -> None:
    """Say what cannot be read in the command line, with its usage."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()  # our own help text alone
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    usage = context.get_usage().split("\n") if context else []
    advice = [f"`{context.command_path} --help` tells more."] if context else []
    complain(error.format_message(), *usage, *advice)


def _machine_refused(error: OSError) -> int:
    if isinstance(error, BrokenPipeError):  # whoever read the output has seen enough
        sys.stdout = None  # or Python flushes into it as it ends
        return RetentionError.exit_code
    text = error.strerror or str(error)
    if error.filename is not None:
        text = f"{display(os.fsencode(error.filename))}: {text}"
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return _refused("the disk is full" if full else f"the system refused: {text}")


def _register_refused(text: str) -> int:
    if "malformed" in text or "not a database" in text:
        complain(f"the register is damaged: {text}", "Restore the state folder from a backup.")
        return IntegrityError.exit_code
    if "I/O error" in text:
        text += ", as on a full disk"
    return _refused("the disk is full" if "is full" in text else f"the register refused: {text}")


def _refused(message: str) -> int:
    complain(
        message,
        "The step that was at work was not carried out; run the command again once it is mended.",
    )
    return RetentionError.exit_code


if __name__ == "__main__":
    main()
