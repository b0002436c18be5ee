"""One text for one value: RFC 8785 canonical JSON, for everything that is hashed or signed.

* Written without floats, and integers stay within 2^53: beyond that, JSON readers disagree.
* Read strictly: a text that is not the canonical text of its own value is refused, which also
  refuses repeated keys, spare spaces and other spellings of the same number.

Standard library only, because the offline verifier carries this module.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

LARGEST_INTEGER = 2**53 - 1
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class NotCanonical(ValueError):
    """The value has no canonical text, or the text is not canonical."""


def dumps(value: object) -> bytes:
    """The canonical JSON of `value`, in UTF-8.

    Raises:
        NotCanonical: the value holds a float, a large integer, or something JSON has no word for.
    """
    try:
        return _ENCODER.encode(_ordered(value)).encode()
    except UnicodeEncodeError as error:
        raise NotCanonical(
            "text holds half of a surrogate pair; write raw bytes as base64"
        ) from error


def loads(text: bytes | str) -> object:
    """The value of a canonical JSON text.

    Raises:
        NotCanonical: the text is not JSON, or not the canonical text of its value.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        value = json.loads(raw.decode())
        again = dumps(value)
    except NotCanonical:
        raise
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not JSON: {error}") from error
    if again != raw:
        raise NotCanonical("JSON, but not in canonical form (RFC 8785)")
    return value


def instant(now: datetime) -> str:
    """RFC 3339 text in UTC to the second: `2026-11-23T05:50:00Z`.

    Raises:
        ValueError: the time does not say its zone, or is not UTC.
    """
    if now.utcoffset() != timedelta(0):
        raise ValueError(f"{now.isoformat()} is not a UTC time: pass an aware datetime in UTC")
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ordered(value: object) -> object:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return _within_range(value)
    if isinstance(value, list | tuple):
        return [_ordered(one) for one in value]
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in _sorted(value)}
    raise NotCanonical(f"{type(value).__name__} has no canonical form: use text or whole numbers")


def _within_range(number: int) -> int:
    if abs(number) > LARGEST_INTEGER:
        raise NotCanonical(f"{number} is too large for JSON: write it as text")
    return number


def _sorted(keys: Mapping[object, object]) -> list[str]:
    """The keys in the order of their UTF-16 units, which for ASCII is the order of the text."""
    texts = [key for key in keys if isinstance(key, str)]
    if len(texts) < len(keys):
        raise NotCanonical(f"an object's keys are text: {list(keys)!r}")
    if "".join(texts).isascii():
        return sorted(texts)
    return sorted(texts, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
