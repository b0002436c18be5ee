"""Entry point of the `retention` command: turns errors into exit codes."""

import errno
import sys

import click
import sqlalchemy as sa

from retention_agent.cli import retention
from retention_agent.cli.output import complain
from retention_agent.errors import IntegrityError, RetentionError


def main() -> None:
    """Run `retention` with the arguments of this process and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; answers with its exit code and never raises for what users can cause."""
    try:
        code = retention.main(arguments, prog_name="retention", standalone_mode=False)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.Abort:
        complain("stopped; what was finished before stays as it is")
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except RetentionError as error:
        complain(str(error), *error.diagnosis)
        return error.exit_code
    except (OSError, sa.exc.DatabaseError) as error:
        return _world(error)
    return code if isinstance(code, int) else 0


def _world(error: OSError | sa.exc.DatabaseError) -> int:
    """Say what the machine refused."""
    if isinstance(error, BrokenPipeError):
        sys.stderr.close()
        return 1
    if isinstance(error, OSError):
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        text = error.strerror or str(error)
    else:
        text = str(error.orig)
        full = "full" in text
        if "malformed" in text or "not a database" in text:
            complain(f"the register is damaged: {text}", "Restore the state folder from a backup.")
            return IntegrityError.exit_code
    complain(
        "the disk is full" if full else f"the system refused: {text}",
        "The step that was at work was not carried out; run the command again once it is mended.",
    )
    return RetentionError.exit_code


if __name__ == "__main__":
    main()
