"""`retention init`: all or nothing, and safe to run again."""

import stat

import pytest

from retention_agent.cli.initialise import quoted
from retention_agent.errors import UsageError


def init(desk, *more, code=0):
    return desk.do("init", "--dir", desk.config.parent, *more, code=code)


def test_it_makes_a_configuration_and_a_state_folder_for_its_owner_alone(bare):
    answer = init(bare, "--share", f"files={bare.share}")
    assert "Next: retention scan --config" in answer.out
    assert stat.S_IMODE(bare.state.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in bare.state.iterdir()} == {0o600}
    assert bare.do("verify", "--json").only["ok"] is True


def test_reading_alone_writes_nothing_to_the_share(bare):
    init(bare, "--share", f"files={bare.share}")
    bare.do("scan")
    assert [path.name for path in bare.share.rglob("*")] == ["fin", "one.eml"]


def test_enabling_disposal_puts_the_sentinel_on_the_share(bare):
    assert init(bare, "--share", f"files={bare.share}", "--disposal", "--json").only == {
        "config": str(bare.config),
        "state": str(bare.state),
    }
    assert (bare.share / ".retention-share").exists()


def test_the_second_time_it_refuses_and_changes_nothing(bare):
    init(bare, "--share", f"files={bare.share}")
    before = {path: path.read_bytes() for path in bare.state.iterdir() if path.suffix != ".db-shm"}
    assert "is a state folder already" in init(bare, "--share", f"files={bare.share}", code=4).err
    assert "says something else" in init(bare, "--organisation", "Other", code=4).err
    assert before.items() <= {path: path.read_bytes() for path in bare.state.iterdir()}.items()


@pytest.mark.parametrize("left", ["config.toml", "state", "state/service.key"])
def test_one_that_was_cut_short_is_completed_by_the_next(bare, left):
    init(bare, "--share", f"files={bare.share}")
    kept = (bare.config.parent / left).read_bytes() if left != "state" else b""
    for path in bare.state.iterdir():
        if path.name != left.rpartition("/")[2]:
            path.unlink()
    if left == "config.toml":
        bare.state.rmdir()
    init(bare, "--share", f"files={bare.share}")
    bare.do("scan")
    if kept:
        assert (bare.config.parent / left).read_bytes() == kept


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--share", "files"], "write a share as NAME=PATH"),
        (["--share", "=share"], "write a share as NAME=PATH"),
        (["--share", "files=nowhere"], "there is no such folder"),
        (["--share", "a=share", "--share", "a=keys"], "two shares are called 'a'"),
        (["--share", "a=share", "--share", "b=share/fin"], "it lies on share 'a' already"),
        (["--share", "a=."], "the state folder"),
        (["--share", "a/b=share"], "may not hold"),
        (["--organisation", " "], "it is blank"),
    ],
)
def test_a_mistake_is_told_before_anything_is_made(bare, options, message):
    (bare.folder / "keys").mkdir()
    assert message in init(bare, *options, code=2).err
    assert not bare.config.parent.exists()


def test_any_name_a_council_can_have_is_written_as_toml_reads_it(bare):
    name = 'Cyngor "Sir" \\ Ddinbych\u2019s \x7f council £'
    init(bare, "--organisation", name)
    from_file = bare.config.read_text(encoding="utf-8")
    assert quoted(name) in from_file
    bare.do("status")


def test_a_name_that_is_not_utf8_cannot_be_written():
    with pytest.raises(UsageError, match="is not UTF-8"):
        quoted("caf\udcff")
