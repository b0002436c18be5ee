"""Runs the command line as a user would, printing each command before what it says."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent
WORK = HOME / "demo-run"
CONFIG = WORK / "config.toml"
PASSPHRASE = "a passphrase for the demonstration only"


def step(title: str) -> None:
    """Announce a part of the job."""
    print(f"\n=== {title}", flush=True)


def retention(*arguments: str, expect: int | tuple[int, ...] = 0, shown: int | None = None) -> str:
    """Run one command, printing it and (the first lines of) what it says."""
    print(f"\n$ retention {shlex.join(arguments)}", flush=True)
    done = _run(arguments)
    lines = (done.stdout + done.stderr).splitlines()
    for line in lines[:shown]:
        print(f"  {line}")
    if shown is not None and len(lines) > shown:
        print(f"  ... and {len(lines) - shown} more lines")
    if done.returncode not in (expect if isinstance(expect, tuple) else (expect,)):
        sys.exit(f"exit code {done.returncode}, expected {expect}\n{done.stderr}")
    return done.stdout


def ask(*arguments: str) -> list[dict[str, Any]]:
    """What a command answers with --json, without showing it."""
    return [json.loads(line) for line in _run((*arguments, "--json")).stdout.splitlines()]


def leave_command() -> None:
    """Put a `retention` command beside the state, for whoever has not installed one."""
    command = WORK / "retention"
    start = f"{shlex.quote(sys.executable)} -m retention_agent"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(HOME))} exec {start} "$@"\n')
    command.chmod(0o755)


def _run(arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "RETENTION_CONFIG": str(CONFIG),
        "RETENTION_PASSPHRASE": PASSPHRASE,
        "NO_COLOR": "1",
        "PYTHONPATH": str(HOME),
    }
    command = [sys.executable, "-m", "retention_agent", *arguments]
    return subprocess.run(
        command, cwd=WORK, env=environment, text=True,
        capture_output=True, check=False, encoding="utf-8",
    )  # fmt: skip
