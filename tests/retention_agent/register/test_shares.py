import sqlalchemy as sa

from retention_agent.register.shares import accept_root, ensure_share
from retention_agent.register.tables import record, share, sighting


def test_a_share_is_entered_once(council):
    with council.app.engine.begin() as connection:
        assert ensure_share(connection, "files", council.share) == 1
        assert ensure_share(connection, "more", council.share) == 2


def test_a_remount_gives_the_files_the_new_device_number_and_nothing_else(council):
    one = council.add("one.txt")
    before = council.row(one)
    device = council.share.stat().st_dev
    with council.app.engine.begin() as connection:
        connection.execute(share.update().values(device=device))
        accept_root(connection, 1, device + 7, 99)
        known = connection.execute(sa.select(share.c.device, share.c.inode)).one()
        seen = list(connection.scalars(sa.select(sighting.c.device)))
        rows = list(connection.scalars(sa.select(record.c.device)))
    assert tuple(known) == (device + 7, 99)
    assert seen == rows == [device + 7]
    after = {**council.row(one), "device": device}
    assert after == dict(before)
