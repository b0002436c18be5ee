"""The composition root: what an application is made of, and when none is made."""

import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import filelock
import pytest

from policies import Action
from retention_agent import bootstrap
from retention_agent.errors import ConfigError, IntegrityError, NotFound, Refused, RetentionError


@pytest.fixture
def site(tmp_path):
    (tmp_path / "share").mkdir()
    source = tmp_path / "config.toml"
    source.write_text(
        '[organisation]\nname = "T"\naliases = ["U"]\n'
        '[[shares]]\nname = "files"\npath = "share"\n[capture]\nseconds_per_file = 5\n'
    )
    return source


def test_a_state_folder_is_made_once_and_opened_after(site):
    made = bootstrap.initialise(site, {})
    assert bootstrap.open_app(site, {}).config == made.config
    with pytest.raises(Refused, match="is a state folder already"):
        bootstrap.initialise(site, {})


def test_without_a_state_folder_nothing_is_opened_nor_made(site):
    with pytest.raises(ConfigError, match="no state folder yet"):
        bootstrap.open_app(site, {})
    assert not (site.parent / "state").exists()


@pytest.mark.parametrize("mode", [0o740, 0o702, 0o711])
def test_a_folder_that_others_can_enter_is_refused(site, mode):
    bootstrap.initialise(site, {})
    (site.parent / "state").chmod(mode)
    with pytest.raises(IntegrityError, match="others can read"):
        bootstrap.open_app(site, {})


def test_a_folder_of_somebody_else_is_refused(site):
    bootstrap.initialise(site, {})
    if os.geteuid() == 0:
        os.chown(site.parent / "state", 65_534, -1)
        with pytest.raises(IntegrityError, match="others can read"):
            bootstrap.open_app(site, {})
    else:
        assert (site.parent / "state").stat().st_uid == os.geteuid()


@pytest.mark.parametrize("content", [None, b""])
def test_a_register_that_is_missing_or_empty_is_never_begun_anew(site, content):
    bootstrap.initialise(site, {})
    for file in (site.parent / "state").glob("register.db*"):
        file.unlink()
    if content is not None:
        (site.parent / "state/register.db").write_bytes(content)
    with pytest.raises(IntegrityError, match="missing or empty"):
        bootstrap.open_app(site, {})


def test_one_command_at_a_time_changes_the_state(site):
    app = bootstrap.initialise(site, {})
    with app.alone(), pytest.raises(Refused, match="another retention command"), app.alone():
        pass
    with app.alone():
        pass
    with filelock.FileLock(app.config.state_folder / "lock"), pytest.raises(Refused), app.alone():
        pass


def test_the_lock_is_given_back_when_a_command_fails(site):
    app = bootstrap.initialise(site, {})
    with pytest.raises(ZeroDivisionError), app.alone():
        raise ZeroDivisionError
    with app.alone():
        pass


def test_the_day_is_that_of_the_records(site):
    app = bootstrap.initialise(site, {})
    before = datetime.now(UTC)
    assert before <= app.now() <= datetime.now(UTC)
    zone = ZoneInfo("Europe/London")
    assert app.today() in {before.astimezone(zone).date(), app.now().astimezone(zone).date()}


def test_shares_are_opened_by_name(site):
    app = bootstrap.initialise(site, {})
    with app.share("files") as root:
        assert root.name == "files"
    with pytest.raises(ConfigError, match="did you mean 'files'"), app.share("file"):
        pass
    (site.parent / "share").rmdir()
    with pytest.raises(RetentionError, match="cannot be opened"), app.share("files"):
        pass


def test_a_share_has_a_number_once_it_was_scanned_or_enabled(site):
    app = bootstrap.initialise(site, {})
    with app.engine.begin() as connection:
        with pytest.raises(NotFound, match="was not scanned yet"):
            app.share_id(connection, "files")
        with pytest.raises(ConfigError, match="no share is called"):
            app.share_id(connection, "other")
    content = app.enable_disposal("files")
    assert (site.parent / "share/.retention-share").read_text().strip() == content
    with app.engine.begin() as connection:
        assert app.share_id(connection, "files") == 1


def test_files_are_read_as_the_configuration_says(site):
    app = bootstrap.initialise(site, {"RETENTION_CAPTURE__WORKERS": "3"})
    settings = app.capture_settings(bootstrap.shipped_schedule())
    assert (settings.workers, settings.seconds, settings.memory_bytes) == (3, 5.0, 2**30)
    assert (settings.organisation.name, settings.organisation.aliases) == ("T", ("U",))
    assert settings.cues == bootstrap.shipped_cues()
    assert set(settings.classes) == set(bootstrap.shipped_schedule().rules)


def test_what_is_kept_for_ever_ranks_above_any_period(site):
    app = bootstrap.initialise(site, {})
    schedule = bootstrap.shipped_schedule()
    ranks = app.retention_ranks(schedule)
    kept = [code for code, rule in schedule.rules.items() if rule.action is Action.PERMANENT]
    periods = [ranks[code] for code, rule in schedule.rules.items() if rule.period is not None]
    assert kept
    assert min(ranks[code] for code in kept) > max(periods)


@pytest.mark.parametrize(("word", "days"), [("off", 30), ("none", 0)])
def test_the_undo_window_is_the_configured_one(site, word, days):
    app = bootstrap.initialise(site, {"RETENTION_DISPOSAL__UNSAFE_UNDO_WINDOW": word})
    with app.share("files") as root:
        assert app.disposal(root).undo == timedelta(days=days)


def test_the_shipped_schedule_is_a_draft_that_adopters_would_put_in_force_whole():
    schedule = bootstrap.shipped_schedule()
    assert schedule.adopted == frozenset(schedule.rules)
    assert len(schedule.rules) > 500


def test_every_shipped_cue_table_is_read():
    tables = bootstrap.shipped_cues()
    assert all(name.endswith(".toml") for name in tables)
    assert list(tables) == sorted(tables)
