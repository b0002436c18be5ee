"""Help: every command says what it does in a line, and shows an example that it understands."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from retention_agent.cli import retention
from retention_agent.cli.examples import EXAMPLES


def commands(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    if command.invoke_without_command:
        yield path, command
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None
        yield from commands(inner, f"{path} {name}".strip())


ALL = dict(commands(retention))
DOCS = Path(__file__).parents[3] / "docs"


def test_every_command_has_an_example_and_none_is_of_something_else():
    assert list(EXAMPLES.keys() ^ ALL.keys()) == []


@pytest.mark.parametrize("path", sorted(ALL))
def test_an_example_is_of_its_command_and_is_understood(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RETENTION_PASSPHRASE", "four words nobody guesses")
    (tmp_path / "evidence").mkdir()
    words = shlex.split(EXAMPLES[path])
    depth = len(path.split())
    assert " ".join(words[:depth]) == path
    context = ALL[path].make_context(path, words[depth:], **retention.context_settings)
    assert context.params


@pytest.mark.parametrize("path", sorted(ALL))
def test_what_it_prints_as_json_is_documented(path):
    """Its own keys are compared with what it prints by `test_json_contracts`."""
    documented = (DOCS / "reference" / "json.md").read_text(encoding="utf-8")
    assert f"`retention {path}`" in documented


@pytest.mark.parametrize("path", sorted(ALL))
def test_it_has_an_option_for_json(path):
    assert "--json" in {option for each in ALL[path].params for option in each.opts}


@pytest.mark.parametrize("path", sorted(ALL))
def test_its_help_ends_with_the_example(path):
    shown = ALL[path].get_help(click.Context(ALL[path], **retention.context_settings))
    assert shown.endswith(f"Example: retention {EXAMPLES[path]}")
    assert shown.count("Example:") == 1
    assert ALL[path].get_short_help_str(300).endswith((".", ".)"))
