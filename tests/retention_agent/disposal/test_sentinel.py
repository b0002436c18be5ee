"""The sentinel: disposal happens only on the share it was enabled on."""

import pytest

from retention_agent.disposal import sentinel
from retention_agent.errors import Refused
from retention_agent.register.tables import share
from retention_agent.shares.local import open_root


@pytest.fixture
def enable(council):
    def enable():
        with open_root(council.share) as root, council.app.engine.begin() as connection:
            return sentinel.enable(connection, 1, root)

    return enable


def test_enabling_again_keeps_the_sentinel(council, enable):
    before = (council.share / ".retention-share").read_text()
    assert enable() == before.strip()
    assert (council.share / ".retention-share").read_text() == before


def test_a_sentinel_that_was_lost_is_written_again_with_the_same_content(council, enable):
    place = council.share / ".retention-share"
    before = place.read_text()
    place.unlink()
    enable()
    assert place.read_text() == before
    assert place.stat().st_mode & 0o777 == 0o444


def test_a_sentinel_of_another_installation_is_left_alone(council, enable):
    place = council.share / ".retention-share"
    place.unlink()
    place.write_text("retention-agent/share/of-somebody-else\n")
    with pytest.raises(Refused, match="another installation"):
        enable()
    assert "somebody-else" in place.read_text()


def test_a_frozen_share_gives_files_back_but_takes_none(council):
    with council.app.engine.begin() as connection:
        connection.execute(share.update().values(frozen="many files vanished"))
    with open_root(council.share, "files") as root, council.app.engine.begin() as connection:
        sentinel.require_share(connection, 1, root)
        with pytest.raises(Refused, match="'files' is stopped: many files vanished"):
            sentinel.require(connection, 1, root)
