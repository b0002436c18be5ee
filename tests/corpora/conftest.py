"""Real files that nobody on this project wrote, scanned once through the command line.

They lie outside the repository; `RETENTION_SHARED` names the folder that holds `corpora/`. Without
it these tests are not collected, and the summary of the run says so.
"""

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from retention_agent.bootstrap import App, open_app

SHARED = os.environ.get("RETENTION_SHARED")
collect_ignore_glob = [] if SHARED else ["test_*.py"]


@dataclass
class Estate:
    """The corpora as one share of a council that wrote none of them."""

    folder: Path
    config: Path
    app: App
    scan: dict
    largest_process: int  # bytes resident at once, of the scan or any of its readers

    def retention(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return _retention(self.config, *arguments)

    def rows(self, query: str) -> list[sa.Row]:
        with self.app.engine.begin() as connection:
            return list(connection.exec_driver_sql(query).all())


def _retention(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "retention_agent", *arguments],
        env={**os.environ, "RETENTION_CONFIG": str(config)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def estate(tmp_path_factory):
    corpora = Path(SHARED or "") / "corpora"
    home = tmp_path_factory.mktemp("estate") / "home"
    config = home / "config.toml"
    made = _retention(
        config,
        *("init", "--dir", str(home), "--share", f"corpora={corpora}"),
        *("--organisation", "Thornbridge District Council"),
    )
    assert made.returncode == 0, made.stderr
    scanned = _retention(config, "scan", "--json")
    assert scanned.returncode == 0, scanned.stderr
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    app = open_app(config, {})
    yield Estate(corpora, config, app, json.loads(scanned.stdout), largest)
    app.engine.dispose()
