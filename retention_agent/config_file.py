"""Reads config.toml, and refuses what it does not understand.

Every mistake is reported at once, each with its key and the nearest key that exists. A blank
value is a mistake, never a default: an empty period or path has emptied whole archives elsewhere.
`RETENTION_SECTION__KEY` in the environment overrides a key of a section.
"""

import copy
import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retention_agent.config import Config
from retention_agent.config_checks import problems_of
from retention_agent.errors import ConfigError, nearest

_KINDS = {str: "text in quotes", int: "a whole number", bool: "true or false"}


def load_config(source: Path, environment: Mapping[str, str]) -> Config:
    """Read `source`, apply `RETENTION_*` overrides, and check everything.

    Raises:
        ConfigError: the file is missing or has mistakes; `diagnosis` lists each one.
    """
    try:
        text = source.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            f"{source}: there is no such file",
            "Make one with: retention init --dir DIR --share NAME=PATH",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source}: cannot be read: {error}") from error
    return read_config(text, source, environment)


def read_config(text: str, source: Path, environment: Mapping[str, str]) -> Config:
    """What `text` says, whether or not it stands at `source` yet; raises as `load_config`."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: cannot be read: {error}") from error
    return parse_config(document, source, environment)


def parse_config(document: dict[str, Any], source: Path, environment: Mapping[str, str]) -> Config:
    """Turn a parsed TOML document into a `Config`; raises as `load_config`."""
    problems: list[str] = []
    document = copy.deepcopy(document)
    _override(document, environment, problems)
    config: Config | None = _build(Config, document, "", problems)
    if config is not None:
        config = dataclasses.replace(config, source=source.absolute())
        problems.extend(problems_of(config))
    if problems or config is None:
        raise ConfigError(f"{source}: {len(problems)} mistake(s)", *problems)
    return config


def _override(
    document: dict[str, Any], environment: Mapping[str, str], problems: list[str]
) -> None:
    for variable, text in sorted(environment.items()):
        section, separator, key = variable.removeprefix("RETENTION_").lower().partition("__")
        if not (variable.startswith("RETENTION_") and separator):
            continue
        table = document.setdefault(section, {})
        if not isinstance(table, dict):
            problems.append(f"{variable}: lists cannot be set by a variable")
            continue
        try:
            table[key] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            table[key] = text


def _build(kind: type[Any], table: object, where: str, problems: list[str]) -> Any:
    if not isinstance(table, dict):
        problems.append(f"{where}: must be a table of keys")
        return None
    fields = {f.name: f for f in dataclasses.fields(kind) if not f.metadata.get("internal")}
    before = len(problems)
    problems.extend(
        f"{where}{key}: unknown key{nearest(key, fields)}" for key in table if key not in fields
    )
    values = {}
    hints = typing.get_type_hints(kind)
    for name, spec in fields.items():
        if name in table:
            values[name] = _value(hints[name], table[name], where + name, problems)
        elif spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING:
            problems.append(f"{where}{name}: missing")
    return kind(**values) if len(problems) == before else None


def _value(hint: Any, given: object, where: str, problems: list[str]) -> Any:
    if isinstance(hint, types.UnionType):
        hint = hint.__args__[0]  # `| None`: the key may be left out, never be blank
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast("type[Any]", hint), given, where + ".", problems)
    if isinstance(hint, types.GenericAlias):
        return _several(hint, given, where, problems)
    if type(given) is not hint:
        problems.append(f"{where}: must be {_KINDS[hint]}, not {given!r}")
    elif isinstance(given, str) and not given.strip():
        problems.append(f"{where}: is blank; write the value out or remove the key")
    elif isinstance(given, str) and "\0" in given:
        problems.append(f"{where}: holds a NUL character")
    return given


def _several(hint: types.GenericAlias, given: object, where: str, problems: list[str]) -> Any:
    if hint.__origin__ is dict:
        if isinstance(given, dict):
            return {k: _value(str, v, f"{where}.{k}", problems) for k, v in given.items()}
        problems.append(f"{where}: must be a table of keys")
        return {}
    if not isinstance(given, list):
        problems.append(f"{where}: must be a list")
        return ()
    item = hint.__args__[0]
    return tuple(
        _value(item, each, f"{where}[{number}]", problems) for number, each in enumerate(given, 1)
    )
