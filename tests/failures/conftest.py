"""What other systems got wrong, as tests: the council and the desk of the other suites."""

from tests.retention_agent.cli.conftest import bare, case, cases, desk, new_desk, office
from tests.retention_agent.conftest import council, found_council

__all__ = ["bare", "case", "cases", "council", "desk", "found_council", "new_desk", "office"]
