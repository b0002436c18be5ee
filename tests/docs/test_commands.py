"""What a document tells people to type exists."""

import re
from pathlib import Path

import click
import pytest

from docs import generate

CONTEXTS = dict(generate.commands())
INLINE = re.compile(r"`retention ([a-z][a-z ]*)")


def split(words: list[str]) -> tuple[click.Context, list[str]]:
    """The command that the words name, and the words that follow."""
    path = "retention"
    for number, word in enumerate(words):
        if f"{path} {word}" not in CONTEXTS:
            return CONTEXTS[path], words[number:]
        path = f"{path} {word}"
    return CONTEXTS[path], []


def faults(words: list[str]) -> list[str]:
    """What is wrong with a command line, short of running it."""
    context, rest = split(words)
    command = context.command
    alone = getattr(command, "invoke_without_command", False) and not "".join(rest[:1]).isalpha()
    if isinstance(command, click.Group) and not alone:
        return [] if rest in (["--version"], ["--help"]) else [f"no such command: {words}"]
    try:
        given, left, _ = command.make_parser(context).parse_args(list(rest))
        for param in command.params:
            value = given.get(param.name)
            if is_checkable(value) and not isinstance(param.type, click.Path):
                param.type_cast_value(context, value)
    except click.UsageError as error:
        return [f"{words}: {error.format_message()}"]
    missing = [p.name for p in command.params if p.required and not is_given(given.get(p.name))]
    return [f"{words}: missing {name}" for name in missing] + [
        f"{words}: too many arguments" for _ in left[:1]
    ]


def is_checkable(value: object) -> bool:
    """Whether a value stands there as it is; a script's variable does not."""
    return isinstance(value, str | list) and "$" not in str(value)


def is_given(value: object) -> bool:
    """Whether a parser found anything for a parameter; it marks what is absent in its own ways."""
    return isinstance(value, str | bool | list | tuple) and value not in ("", [], ())


def test_every_command_line_in_a_document_is_one_the_program_accepts(documents) -> None:
    found = [
        f"{page.name}: {fault}"
        for page in documents
        for words in page.commands()
        for fault in faults(words)
    ]
    assert found == []


def test_every_command_named_in_running_text_exists(documents) -> None:
    found = [
        f"{page.name}: retention {words}"
        for page in documents
        for words in INLINE.findall(page.text)
        if isinstance(split(words.split()[:2])[0].command, click.Group)
        and words.split()[0] not in {name.split()[1] for name in CONTEXTS if " " in name}
    ]
    assert found == []


def test_the_documents_have_command_lines_to_check(documents) -> None:
    assert sum(1 for page in documents for _ in page.commands()) > 60


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["scam"], "no such command"),
        (["due", "--actions", "destroy"], "--actions"),
        (["hold", "place", "x", "--title", "t"], "missing"),
        (["purge", "B1", "B2"], "too many"),
        (["purge"], "missing batch"),
        (["due", "--as-of", "tomorrow"], "tomorrow"),
    ],
)
def test_a_command_line_that_does_not_exist_is_found(words: list[str], fault: str) -> None:
    assert any(fault in each for each in faults(words))


def test_the_two_commands_of_the_make_file_exist(home: Path, readme) -> None:
    make = (home / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z]+)", readme.text)) | {"run", "test"}
    assert [name for name in sorted(named) if f"\n{name}:" not in make] == []
