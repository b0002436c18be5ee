"""The reference says everything the code can say, and what it says is what the code does now."""

import dataclasses
import tomllib
from pathlib import Path

import pytest

from classifiers.reasons import REASONS as CLASS_REASONS
from docs import generate
from indexer.extract.base import REASONS as EXTRACTOR_REASONS
from indexer.extract.base import WARNINGS
from policies import TRIGGERS, Action, CutOff, Reason, State, tabular
from retention_agent.audit.event import EVENT_TYPES
from retention_agent.audit.people import ROLES
from retention_agent.audit.problem import CODES
from retention_agent.audit.statement import PURPOSES
from retention_agent.capture.reasons import REASONS as CAPTURE_REASONS
from retention_agent.config_file import load_config
from retention_agent.errors import RetentionError

HOW = "run: python docs/generate.py"
PAGES = {
    "reasons.md": [
        *(*Reason, *State),
        *(*CAPTURE_REASONS, *EXTRACTOR_REASONS, *CLASS_REASONS, *WARNINGS),
    ],
    "events.md": [*EVENT_TYPES],
    "problems.md": [*CODES],
    "formats.md": [*PURPOSES, *ROLES],
    "schedule-format.md": [*tabular.COLUMNS, *TRIGGERS, *CutOff, *(set(Action) - {"retain"})],
}


def page(home: Path, name: str) -> str:
    return (home / "docs" / "reference" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", generate.pages(), ids=lambda path: path.name)
def test_a_generated_part_is_what_the_code_says_now(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert generate.refreshed(text) == text, HOW


def test_every_generated_part_stands_on_a_page() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in generate.pages())
    missing = [name for name in generate.BLOCKS if f"<!-- generated: {name} -->" not in text]
    assert missing == []


def test_every_command_and_option_is_documented(home: Path) -> None:
    text = page(home, "cli.md")
    for path, context in generate.commands():
        _, found, rest = text.partition(f"# {path}\n")
        assert found, f"{path}; {HOW}"
        section = rest.partition("\n#")[0]
        names = [name for param in context.command.params for name in param.opts]
        options = [name for name in names if name.startswith("-")]
        assert [name for name in options if name not in section] == [], f"{path}; {HOW}"


@pytest.mark.parametrize("name", PAGES)
def test_every_code_is_documented(home: Path, name: str) -> None:
    text = page(home, name)
    assert [str(code) for code in PAGES[name] if f"`{code}`" not in text] == []


def test_every_exit_code_is_documented_with_its_kinds(home: Path) -> None:
    text = page(home, "exit-codes.md")
    kinds = [RetentionError, *generate._subclasses(RetentionError)]
    kinds = [kind for kind in kinds if kind.__module__ == RetentionError.__module__]
    assert len(kinds) > 5
    for kind in kinds:
        assert f"| `{kind.exit_code}` | `{kind.__name__}` |" in text


def test_every_configuration_key_is_documented(home: Path) -> None:
    text = page(home, "configuration.md")
    for section in generate.SECTIONS:
        _, found, rest = text.partition(f"[{section}]")
        assert found, section
        for field in dataclasses.fields(generate.section_class(section)):
            assert f"| `{field.name}` |" in rest.partition("\n### ")[0], f"{section}.{field.name}"


def test_the_example_configuration_has_every_key_and_is_accepted(home: Path) -> None:
    source = home / "config.example.toml"
    load_config(source, {})
    written = tomllib.loads(source.read_text(encoding="utf-8"))
    for section in generate.SECTIONS:
        table = written[section]
        table = table[0] if isinstance(table, list) else table
        keys = {field.name for field in dataclasses.fields(generate.section_class(section))}
        assert set(table) == keys, section


def test_the_example_configuration_shows_the_defaults(home: Path) -> None:
    written = tomllib.loads((home / "config.example.toml").read_text(encoding="utf-8"))
    for section in ("state", "capture", "disposal"):
        for field in dataclasses.fields(generate.section_class(section)):
            if field.name != "reference_patterns":
                assert written[section][field.name] == field.default, f"{section}.{field.name}"


def test_every_event_type_is_written_by_some_code() -> None:
    assert generate.events_written() == EVENT_TYPES.keys()
