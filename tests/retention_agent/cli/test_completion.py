"""What a shell is told to complete: commands, options, and the names there are."""

import os
import subprocess
import sys

import pytest
from click.shell_completion import BashComplete

from retention_agent.cli import retention
from retention_agent.cli.completion import VARIABLE
from retention_agent.cli.names import BATCH, HOLD


@pytest.fixture
def complete(office, monkeypatch):
    monkeypatch.setenv("RETENTION_CONFIG", str(office.config))

    def answer(*words):
        *before, begun = words
        found = BashComplete(retention, {}, "retention", VARIABLE).get_completions(before, begun)
        return {item.value for item in found}

    return answer


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_asks_the_command(bare, shell):
    assert VARIABLE in bare.do("completion", shell).out
    (said,) = bare.ask("completion", shell)
    assert said["shell"] == shell


def test_the_script_is_one_that_bash_accepts(bare, tmp_path):
    script = tmp_path / "retention"
    script.write_text(bare.do("completion", "bash").out)
    found = subprocess.run(["bash", "-n", script], capture_output=True, check=False)
    assert (found.returncode, found.stderr) == (0, b"")


def test_another_shell_is_answered_with_the_nearest(bare):
    assert "Did you mean 'zsh'" in bare.do("completion", "zs", code=2).err


def test_commands_options_and_names_are_completed(complete):
    assert complete("sc") == {"scan", "schedule"}
    assert complete("due", "--s") == {"--share"}
    assert complete("propose", "f") == {"files"}
    assert complete("propose", "F") == {"files"}
    assert complete("propose", "x") == set()
    assert "FIN-003" in complete("classify", "1", "fin-00")
    assert complete("dispose", "") == set()


def test_batches_and_holds_are_completed(case, monkeypatch):
    batch = case.desk.propose(case.one)
    case.desk.do("hold", "place", f"h-{case.name}", "--title", "t", "--authority", "a",
                 "--reason", "r", "--review-by", "2999-01-01",
                 "--path", f"files:{case.name}")  # fmt: skip
    monkeypatch.setenv("RETENTION_CONFIG", str(case.desk.config))
    context = retention.make_context("retention", ["due"])
    for kind, name in ((BATCH, batch), (HOLD, f"h-{case.name}")):
        assert name in {item.value for item in kind.shell_complete(context, None, name[:2])}


def test_where_nothing_is_set_up_nothing_is_completed_and_nothing_said(tmp_path):
    environment = {
        **os.environ,
        "RETENTION_CONFIG": str(tmp_path / "none.toml"),
        VARIABLE: "bash_complete",
        "COMP_WORDS": "retention propose ",
        "COMP_CWORD": "2",
    }
    code = "from retention_agent.__main__ import main; main()"
    found = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.argv[0]='retention'; {code}"],
        env=environment, capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert (found.stdout.strip(), found.stderr) == ("", "")
