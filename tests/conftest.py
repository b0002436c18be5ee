"""Says plainly which suites did not run."""

import os


def pytest_terminal_summary(terminalreporter):
    if not os.environ.get("RETENTION_SHARED"):
        terminalreporter.write_line(
            "Not run: tests/corpora, which needs real files (set RETENTION_SHARED to their folder)."
        )
