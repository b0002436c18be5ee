"""`retention verify`: does the evidence add up?"""

from pathlib import Path

import click

from retention_agent.audit import gather
from retention_agent.audit.problem import CODES
from retention_agent.audit.verifier import check_bundle
from retention_agent.audit.verify import Report
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import FILE
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import IntegrityError, UsageError


@click.command("verify")
@click.argument(
    "folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True)
)
@click.option(
    "--checkpoint",
    "kept",
    multiple=True,
    type=FILE,
    help="A checkpoint you kept from earlier; the log must begin with what it covers.",
)
@with_session
def command(session: Session, folder: Path | None, kept: tuple[Path, ...]) -> None:
    """Verify the exported bundle in FOLDER, offline; without FOLDER, the live log.

    Exit code 5 when anything was edited, deleted, inserted, reordered or cut.
    """
    report = _check(session, folder, [_read(path) for path in kept])
    problems = [{"code": p.code, "where": p.where, "message": p.message} for p in report.problems]
    if session.as_json:
        emit(
            {
                "ok": report.sound,
                "problems": problems,
                "tree_size": report.size,
                "root": report.root,
                "key": report.key,
                "covered": dict(report.covered),
            }
        )
    else:
        say(
            f"Log of {report.size} entries, root {report.root}, key {report.key}.",
            "Checked: " + ", ".join(f"{count} {what}" for what, count in report.covered.items()),
        )
        for each in report.problems:
            say(f"PROBLEM {each.code}: {CODES[each.code]} {each.where}: {each.message}")
    if not report.sound:
        raise IntegrityError(f"{len(problems)} problems: this evidence must not be relied on")
    if not session.as_json:
        say("EVERYTHING ADDS UP.")


def _check(session: Session, folder: Path | None, kept: list[str]) -> Report:
    if folder is not None:
        return check_bundle(folder, kept)
    app = session.open()
    with app.engine.begin() as connection:
        return gather.verify_register(connection, app.service_key.public_key(), kept)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
