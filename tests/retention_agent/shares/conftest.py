"""Both ways of opening a path; every promise about links and mounts holds for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retention_agent.shares.local import ShareRoot, open_root
from retention_agent.shares.resolve import BY_COMPONENT, BY_KERNEL, Resolver


@pytest.fixture(params=[BY_KERNEL, BY_COMPONENT], ids=["openat2", "by component"])
def resolver(request: pytest.FixtureRequest) -> Resolver:
    return request.param


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def root(share: Path, resolver: Resolver) -> Iterator[ShareRoot]:
    with open_root(share, "Planning", resolver) as opened:
        yield opened
