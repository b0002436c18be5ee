from pathlib import Path

import pytest

from retention_agent.config import Config
from retention_agent.config_file import load_config, parse_config, read_config
from retention_agent.errors import ConfigError

SOURCE = Path("/etc/retention-agent/config.toml")
LEAST = {"organisation": {"name": "Thornbridge District Council"}}


def parse(document: dict, environment: dict[str, str] | None = None) -> Config:
    return parse_config(document, SOURCE, environment or {})


def mistakes(document: dict) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(document)
    return list(caught.value.diagnosis)


def test_the_example_starts_as_it_is():
    config = load_config(Path("config.example.toml"), {})
    assert config.organisation.name == "Thornbridge District Council"
    assert config.shares[0].name == "finance"
    assert not config.shares[0].disposal


def test_an_organisation_is_all_that_must_be_named():
    config = parse(LEAST)
    assert config.shares == ()
    assert config.disposal.undo_days == 30
    assert config.state_folder == Path("/etc/retention-agent/state")
    assert str(config.zone) == "Europe/London"


def test_an_unknown_key_is_refused_with_the_nearest_one():
    assert mistakes(LEAST | {"capture": {"worker": 2}}) == [
        "capture.worker: unknown key; did you mean 'workers'?"
    ]


def test_every_mistake_is_reported_at_once():
    found = mistakes(
        {
            "organisation": {"aliases": "Thornbridge"},
            "disposal": {"undo_days": "30"},
            "shares": [{"name": "finance", "path": " "}, 7],
            "nonsense": 1,
        }
    )
    assert found == [
        "nonsense: unknown key",
        "organisation.name: missing",
        "organisation.aliases: must be a list",
        "shares[1].path: is blank; write the value out or remove the key",
        "shares[2].: must be a table of keys",
        "disposal.undo_days: must be a whole number, not '30'",
    ]


@pytest.mark.parametrize(
    ("section", "key", "value", "message"),
    [
        ("disposal", "undo_days", 6, "disposal.undo_days: must be 7 or more"),
        ("disposal", "approval_days", 31, "disposal.approval_days: must be from 1 to 30"),
        ("disposal", "approval_days", 0, "disposal.approval_days: must be from 1 to 30"),
        (
            "disposal",
            "unsafe_undo_window",
            "yes",
            'disposal.unsafe_undo_window: must be "off" or "none"',
        ),
        ("capture", "workers", -1, "capture.workers: must be from 0 to 64"),
        ("capture", "seconds_per_file", 0, "capture.seconds_per_file: must be 1 or more"),
        ("capture", "memory_mib", 64, "capture.memory_mib: must be 256 or more"),
        (
            "organisation",
            "time_zone",
            "Europe/Thornbridge",
            "organisation.time_zone: is not the name of a time zone",
        ),
    ],
)
def test_a_value_out_of_bounds_is_refused(section, key, value, message):
    document = {**LEAST, section: {**LEAST.get(section, {}), key: value}}
    assert mistakes(document) == [message]


def test_two_shares_of_one_name_are_refused():
    shares = [{"name": "finance", "path": "/a"}, {"name": "finance", "path": "/b"}]
    assert mistakes(LEAST | {"shares": shares}) == ["shares: two shares are called 'finance'"]


def test_true_is_not_a_number():
    assert mistakes(LEAST | {"disposal": {"undo_days": True}}) == [
        "disposal.undo_days: must be a whole number, not True"
    ]


def test_the_environment_overrides_a_key():
    environment = {"RETENTION_CAPTURE__WORKERS": "3", "RETENTION_ORGANISATION__NAME": "Ashby"}
    config = parse(LEAST, environment)
    assert config.capture.workers == 3
    assert config.organisation.name == "Ashby"


def test_the_environment_cannot_name_an_unknown_key_or_a_list():
    with pytest.raises(ConfigError) as caught:
        parse(
            LEAST | {"shares": [{"name": "a", "path": "/a"}]},
            {"RETENTION_CAPTURE__WORKER": "3", "RETENTION_SHARES__NAME": "x"},
        )
    assert caught.value.diagnosis == (
        "RETENTION_SHARES__NAME: lists cannot be set by a variable",
        "capture.worker: unknown key; did you mean 'workers'?",
    )


def test_other_variables_are_left_alone():
    assert parse(LEAST, {"RETENTION_PASSPHRASE": "secret", "HOME__X": "1"}) == parse(LEAST)


def test_a_share_is_found_by_name_or_the_nearest_is_named():
    config = parse(LEAST | {"shares": [{"name": "finance", "path": "mnt"}]})
    assert config.share_path("finance") == Path("/etc/retention-agent/mnt")
    with pytest.raises(ConfigError, match="did you mean 'finance'"):
        config.share("finanse")


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "config.toml", {})
    assert "retention init" in caught.value.diagnosis[0]


@pytest.mark.parametrize("content", [b"[organisation\n", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_refused(tmp_path, content):
    source = tmp_path / "config.toml"
    source.write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(source, {})


def test_a_share_without_limits_may_be_scanned_at_any_time_and_speed():
    (share,) = parse(LEAST | {"shares": [{"name": "finance", "path": "mnt"}]}).shares
    assert (share.files_per_second, share.megabytes_per_second, share.hours) == (None, None, None)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("files_per_second", 0, "must be 1 or more; for no limit remove the key"),
        ("megabytes_per_second", -1, "must be 1 or more; for no limit remove the key"),
        ("megabytes_per_second", "20", "must be a whole number, not '20'"),
        ("window", " ", "is blank; write the value out or remove the key"),
        ("window", "8pm-6am", "'8pm-6am' is not two times of a day; write 20:00-06:00"),
        ("window_days", [], "names no day; write some of mon, tue, wed, thu, fri, sat, sun"),
        ("window_days", "mon", "must be a list"),
    ],
)
def test_a_limit_of_a_share_that_says_nothing_is_refused(key, value, message):
    share = {"name": "finance", "path": "mnt", key: value}
    assert mistakes(LEAST | {"shares": [share]}) == [f"shares[1].{key}: {message}"]


MAIL = {"host": "smtp.council.example", "sender": "retention@council.example"}


def mail(**changes):
    document = {"organisation": {"name": "Thornbridge"}, "mail": {**MAIL, **changes}}
    return parse_config(document, Path("config.toml"), {}).mail


def test_mail_is_left_out_or_complete():
    assert parse_config({"organisation": {"name": "T"}}, Path("config.toml"), {}).mail is None
    found = mail(addresses={"ann": "ann@council.example"})
    assert (found.port, found.security, found.addresses["ann"]) == (
        587,
        "starttls",
        "ann@council.example",
    )
    assert mail(host="localhost", security="none").security == "none"


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"host": ""}, "mail.host: is blank"),
        ({"port": 0}, "mail.port: must be from 1 to 65535"),
        ({"security": "ssl"}, "mail.security: must be"),
        ({"security": "none"}, "mail.security: none is for a server on this machine only"),
        ({"sender": "us"}, "mail.sender: 'us' is not an address"),
        ({"addresses": {"ann": ""}}, "mail.addresses.ann: is blank"),
        ({"addresses": {"ann": "a@b\nBcc: c@d"}}, "mail.addresses.ann: 'a@b"),
        ({"addresses": {"ann": 3}}, "mail.addresses.ann: must be text"),
        ({"addresses": ["ann"]}, "mail.addresses: must be a table of keys"),
        ({"user": "x"}, "mail.user: unknown key; did you mean 'username'?"),
    ],
)
def test_every_mistake_in_the_mail_section_is_named(changes, mistake):
    with pytest.raises(ConfigError) as caught:
        mail(**changes)
    assert any(each.startswith(mistake) for each in caught.value.diagnosis), caught.value.diagnosis


def test_a_closed_part_says_what_it_closes_and_lies_on_a_share():
    text = """
        [organisation]
        name = "X"
        [[shares]]
        name = "hr"
        path = "/srv/hr"
        [[access]]
        name = "everything"
        [[access]]
        name = "a"
        share = "hrr"
        folder = "a/../b"
    """
    with pytest.raises(ConfigError) as refused:
        read_config(text, Path("config.toml"), {})
    first, second, third = refused.value.diagnosis
    assert "access[1]: says no share, folder or classes" in first
    assert "did you mean 'hr'?" in second
    assert "leads out of the share" in third
