import json
import shutil

import pytest

from retention_agent.audit import verifier


@pytest.fixture
def bundle(exported, tmp_path):
    _, folder = exported
    return shutil.copytree(folder, tmp_path / "copy")


def test_an_untouched_bundle_adds_up(bundle, capsys):
    assert verifier.main([str(bundle)]) == 0
    said = capsys.readouterr().out
    assert "EVERYTHING ADDS UP." in said
    assert (bundle / "log.vkey").read_text().strip() in said
    assert "keep this bundle's file" in said


def test_a_kept_checkpoint_is_compared(bundle, capsys):
    assert verifier.main([str(bundle), "--checkpoint", str(bundle / "checkpoint")]) == 0
    assert "Not checked" not in capsys.readouterr().out


def test_a_checkpoint_that_the_log_does_not_continue_is_a_failure(bundle, tmp_path, capsys):
    (tmp_path / "kept").write_text((bundle / "README.txt").read_text())
    assert verifier.main([str(bundle), "--checkpoint", str(tmp_path / "kept")]) == 5
    assert "kept-differs" in capsys.readouterr().out


def test_a_harmed_bundle_fails_and_every_problem_is_explained(bundle, capsys):
    path = bundle / "leaves.jsonl"
    path.write_bytes(path.read_bytes().replace(b"success", b"failure", 1))
    assert verifier.main([str(bundle)]) == 5
    said = capsys.readouterr().out
    assert "PROBLEMS. This evidence must not be relied on." in said
    assert "log-changed: The log's entries do not give the root that was signed." in said


def test_a_bundle_without_a_readable_key_fails(bundle, capsys):
    (bundle / "log.vkey").write_text("nonsense\n")
    assert verifier.main([str(bundle)]) == 5
    assert "key-malformed" in capsys.readouterr().out


def test_the_report_can_be_had_as_json(bundle, capsys):
    assert verifier.main([str(bundle), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["sound"], report["problems"]) == (True, [])
    (bundle / "extra").write_text("x")
    assert verifier.main([str(bundle), "--json"]) == 5
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["code"], problem["where"]) == ("file-unlisted", "extra")


def test_a_name_in_a_bundle_cannot_steer_the_terminal(bundle, capsys):
    (bundle / "x\x1b[2J\u202e\n").write_text("x")
    assert verifier.main([str(bundle)]) == 5
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert r"x\x1b[2J\u202e\n" in said


@pytest.mark.parametrize("arguments", [["nowhere"], [".", "--checkpoint", "nowhere"]])
def test_what_is_not_there_is_a_usage_error(arguments, capsys):
    assert verifier.main(arguments) == 2
    assert "retention-verify:" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--wrong"]])
def test_wrong_usage_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        verifier.main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err
