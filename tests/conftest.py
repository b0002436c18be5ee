"""Says plainly which suites did not run, and makes every run of the properties the same.

RETENTION_RANDOM=1 lets Hypothesis look at other examples each time.
"""

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None)
settings.load_profile("random" if os.environ.get("RETENTION_RANDOM") else "same")


def pytest_terminal_summary(terminalreporter):
    if not os.environ.get("RETENTION_SHARED"):
        terminalreporter.write_line(
            "Not run: tests/corpora, which needs real files (set RETENTION_SHARED to their folder)."
        )
