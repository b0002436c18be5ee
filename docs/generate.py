#!/usr/bin/env python3
"""Refreshes the parts of the reference that the code itself can tell.

    python docs/generate.py

A page keeps its own prose. What stands between `<!-- generated: NAME -->` and `<!-- end -->` is
replaced by what the block of that name says now. A test compares the two.
"""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import click

import classifiers.reasons
import indexer.extract.base
import policies
import retention_agent
import retention_agent.capture.reasons
from retention_agent import config, errors
from retention_agent.audit import event, people, problem, statement
from retention_agent.cli import retention

DOCS = Path(__file__).resolve().parent
WIDTH = 96
BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
SECTIONS = ("organisation", "state", "capture", "disposal", "shares", "access", "mail")


def refreshed(page: str) -> str:
    """The text of a page with each of its blocks as it should be now."""
    return BLOCK.sub(lambda found: f"{found[1]}\n{BLOCKS[found['name']]()}\n\n{found[3]}", page)


def pages() -> list[Path]:
    """The pages that have generated blocks."""
    return [
        page
        for page in sorted(DOCS.rglob("*.md"))
        if BLOCK.search(page.read_text(encoding="utf-8"))
    ]


def commands() -> Iterator[tuple[str, click.Context]]:
    """Every command and subcommand with a context to ask for its help, in order of use."""
    top = _context("retention", retention, None)
    yield "retention", top
    yield from _below(top)


def events_written() -> set[str]:
    """The event types that the code of this version can write to the log."""
    source = Path(inspect.getfile(retention_agent)).parent
    found = set()
    for file in source.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found |= set(_event_texts(tree, _constants(tree)))
    return found & event.EVENT_TYPES.keys()


def keys_of(kind: type) -> list[tuple[str, str, str, str]]:
    """Each key of a section of config.toml: name, kind of value, default, meaning."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    if not isinstance(body, ast.ClassDef):
        raise TypeError(f"{kind} is not a class")
    found = []
    for spec, following in zip(body.body, [*body.body[1:], None], strict=True):
        if isinstance(spec, ast.AnnAssign) and isinstance(spec.target, ast.Name):
            found.append((spec.target.id, _kind(spec), _default(spec), _docstring(following)))
    return found


def section_class(section: str) -> type:
    """The class that holds the keys of a section."""
    name = "ShareConfig" if section == "shares" else section.capitalize()
    kind: type = getattr(config, name)
    return kind


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        node.targets[0].id: str(node.value.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }


def _event_texts(tree: ast.Module, constants: dict[str, str]) -> Iterator[str]:
    """Every text or constant that stands for the type where an event is made."""
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and getattr(call.func, "id", "").endswith("Event")):
            continue
        kinds = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "type")]
        for part in (part for kind in kinds for part in ast.walk(kind)):
            if isinstance(part, ast.Constant):
                yield str(part.value)
            elif isinstance(part, ast.Name) and part.id in constants:
                yield constants[part.id]


def _context(name: str, command: click.Command, parent: click.Context | None) -> click.Context:
    settings = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    return click.Context(command, info_name=name, parent=parent, **settings)


def _below(above: click.Context) -> Iterator[tuple[str, click.Context]]:
    group = above.command
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        if command is not None:
            here = _context(name, command, above)
            yield here.command_path, here
            yield from _below(here)


def _cli() -> str:
    parts = []
    for path, context in commands():
        depth = "#" * min(2 + path.count(" "), 4) if " " in path else "##"
        parts.append(f"{depth} {path}\n\n```text\n{context.get_help().strip()}\n```")
    return "\n\n".join(parts)


def _configuration() -> str:
    parts = []
    for section in SECTIONS:
        heading = f"[[{section}]]" if section in {"shares", "access"} else f"[{section}]"
        rows = (
            (f"`{name}`", kind, default, meaning)
            for name, kind, default, meaning in keys_of(section_class(section))
        )
        parts.append(f"### `{heading}`\n\n{_table(('key', 'value', 'default', 'meaning'), rows)}")
    return "\n\n".join(parts)


def _kind(spec: ast.AnnAssign) -> str:
    names = {
        "str": "text",
        "int": "whole number",
        "bool": "true or false",
        "dict[str, str]": "table of texts",
    }
    return names.get(ast.unparse(spec.annotation).removesuffix(" | None"), "list of texts")


def _default(spec: ast.AnnAssign) -> str:
    if spec.value is None:
        return "none: it must be given"
    value = {} if isinstance(spec.value, ast.Call) else ast.literal_eval(spec.value)
    if value is None:
        return "not set"
    shown = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    text = shown or (
        f'"{value}"' if isinstance(value, str) else "[]" if value == () else str(value)
    )
    return f"`{text}`"


def _docstring(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return str(node.value.value)
    raise ValueError("a key of the configuration has no docstring")


def _exit_codes() -> str:
    kinds: list[type[errors.RetentionError]] = [errors.RetentionError]
    kinds += _subclasses(errors.RetentionError)
    rows = [
        (f"`{kind.exit_code}`", f"`{kind.__name__}`", inspect.getdoc(kind) or "")
        for kind in kinds
        if kind.__module__ == errors.__name__
    ]
    return _table(("code", "kind", "meaning"), [("`0`", "", "Done."), *sorted(rows)])


def _subclasses(kind: type[errors.RetentionError]) -> Iterator[type[errors.RetentionError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _subclasses(below)


def _meanings(heading: str, rows: Iterable[tuple[object, str]]) -> str:
    return _table((heading, "meaning"), ((f"`{name}`", meaning) for name, meaning in rows))


def _purposes() -> str:
    rows = (
        (f"`{name}`", each.meaning, f"`{each.role}`" if each.role else "any person of the keyring")
        for name, each in statement.PURPOSES.items()
    )
    return _table(("purpose", "meaning", "role"), rows)


def _moves() -> str:
    rows = (
        (
            f"`{state}`",
            ", ".join(f"`{following}`" for following in policies.State if following in allowed)
            or "nothing",
        )
        for state, allowed in policies.ALLOWED.items()
    )
    return _table(("from", "to"), rows)


def _triggers() -> str:
    rows = (
        (f"`{kind.name}`", kind.meaning, "the record" if kind.own_date else "an event")
        for kind in policies.TRIGGERS.values()
    )
    return _table(("trigger", "the period starts from", "told by"), rows)


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    headings = list(headings)
    lines = [headings, ["---"] * len(headings), *map(list, rows)]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


BLOCKS: dict[str, Callable[[], str]] = {
    "cli": _cli,
    "configuration": _configuration,
    "events": lambda: _meanings("type", event.EVENT_TYPES.items()),
    "exit-codes": _exit_codes,
    "moves": _moves,
    "problems": lambda: _meanings("code", problem.CODES.items()),
    "purposes": _purposes,
    "reasons": lambda: _meanings("reason", policies.REASON_MEANING.items()),
    "reasons-of-capture": lambda: _meanings(
        "reason", retention_agent.capture.reasons.REASONS.items()
    ),
    "reasons-of-classes": lambda: _meanings("reason", classifiers.reasons.REASONS.items()),
    "reasons-of-extractors": lambda: _meanings("reason", indexer.extract.base.REASONS.items()),
    "roles": lambda: _meanings("role", people.ROLES.items()),
    "states": lambda: _meanings("state", policies.STATE_MEANING.items()),
    "triggers": _triggers,
    "warnings": lambda: _meanings("warning", indexer.extract.base.WARNINGS.items()),
}


def main() -> None:
    """Rewrite every page whose blocks are out of date, and name it."""
    for page in pages():
        before = page.read_text(encoding="utf-8")
        after = refreshed(before)
        if after != before:
            page.write_text(after, encoding="utf-8")
            sys.stdout.write(f"refreshed {page.relative_to(DOCS.parent)}\n")


if __name__ == "__main__":
    main()
