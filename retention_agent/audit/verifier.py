"""The command `retention-verify`: checks an exported bundle, without network or register.

Exit codes: 0 everything adds up, 5 something does not, 2 the command was used wrongly.

Standard library and `cryptography` only: it travels inside every bundle as `retention-verify.pyz`.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from retention_agent.audit import reading, verify
from retention_agent.audit.problem import CODES, Problem
from retention_agent.audit.verify import Report

SOUND, USAGE, BROKEN = 0, 2, 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify the bundle named on the command line; returns the exit code."""
    asked = _parser().parse_args(arguments)
    folder = Path(asked.folder)
    if not folder.is_dir():
        return _misused(f"{folder} is not a folder")
    try:
        kept = [Path(name).read_text(encoding="utf-8") for name in asked.checkpoint]
    except (OSError, UnicodeDecodeError) as error:
        return _misused(f"the checkpoint cannot be read: {error}")
    report = check_bundle(folder, kept)
    sys.stdout.write(_as_json(report) if asked.json else _in_words(report, len(kept)))
    return SOUND if report.sound else BROKEN


def check_bundle(folder: Path, kept: Sequence[str] = ()) -> Report:
    """Check the bundle in a folder, against checkpoints kept from earlier if there are any."""
    problems: list[Problem] = []
    report = verify.check(reading.read_bundle(folder, problems), kept)
    return replace(report, problems=[*problems, *report.problems])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="retention-verify",
        description="Check the evidence that Retention Agent exported.",
        epilog="Exit codes: 0 everything adds up, 5 something does not, 2 wrong usage.",
    )
    parser.add_argument("folder", help="the folder of the bundle")
    parser.add_argument(
        "--checkpoint",
        action="append",
        default=[],
        metavar="FILE",
        help="a checkpoint that you kept from earlier; the log must continue it",
    )
    parser.add_argument("--json", action="store_true", help="write the report as JSON")
    return parser


def _in_words(report: Report, kept: int) -> str:
    lines = [
        f"Log key      {report.key}",
        "             Compare this line with the one you were given when the log was set up.",
        f"Log          {report.size} entries, root {report.root}",
    ]
    if report.covered:
        checked = ", ".join(f"{what} {count}" for what, count in report.covered.items())
        lines.append(f"Checked      {checked}")
    if not kept:
        lines.append("Not checked  against an earlier checkpoint: keep this bundle's file")
        lines.append("             `checkpoint`, and name it next time with --checkpoint.")
    lines.append("")
    if report.sound:
        lines.append("EVERYTHING ADDS UP.")
    else:
        lines.append(f"{len(report.problems)} PROBLEMS. This evidence must not be relied on.")
    lines += [line for problem in report.problems for line in _described(problem)]
    return "\n".join(map(_printable, lines)) + "\n"


def _described(problem: Problem) -> list[str]:
    return [
        f"  {problem.code}: {CODES[problem.code]}",
        f"    {problem.where}: {problem.message}",
    ]


def _as_json(report: Report) -> str:
    content = asdict(report) | {"sound": report.sound}
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def _misused(why: str) -> int:
    sys.stderr.write(_printable(f"retention-verify: {why}") + "\n")
    return USAGE


def _printable(line: str) -> str:
    """The line without what could steer a terminal or turn text around."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in line
    )
