"""Harm done to a bundle at random must be found, by whoever does it and however it is sealed."""

import random
import shutil

import pytest

from retention_agent.audit import canonical
from retention_agent.audit.verifier import check_bundle

ROUNDS = 1_000
SEALED_ROUNDS = 200  # the seal finds whatever it covers; the rest has to hold without it
KIND_ROUNDS = 1_000
SEED = 20260501
FREE_TEXT = ("README.txt", "retention-verify.pyz", "log.pem")


@pytest.fixture
def bundle(exported, tmp_path):
    council, folder = exported
    copy = shutil.copytree(folder, tmp_path / "copy")
    return council, copy


def flip(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    changed[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def overwrite(raw: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(raw))
    return raw[:place] + bytes([chance.randrange(256)]) + raw[place + 1 :]


def insert_byte(raw: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(raw) + 1)
    return raw[:place] + bytes([chance.randrange(256)]) + raw[place:]


def cut_tail(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw))]


def delete_line(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def repeat_line(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return b"".join(lines)


def swap_lines(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def exchange_words(raw: bytes, chance: random.Random) -> bytes:
    old, new = chance.sample([b"B1", b"B2", b"ada", b"amy", b"true", b"0", b"1", b"7"], 2)
    return raw.replace(old, new, chance.randint(1, 3))


HARM = [
    flip,
    overwrite,
    insert_byte,
    cut_tail,
    delete_line,
    repeat_line,
    swap_lines,
    exchange_words,
]


def harmed(folder, chance):
    """Harm one file; returns its name, what it held, and a word for what was done."""
    while True:
        path = chance.choice([one for one in sorted(folder.rglob("*")) if one.is_file()])
        raw, harm = path.read_bytes(), chance.choice(HARM)
        changed = harm(raw, chance)
        if changed != raw:
            return path, raw, changed, harm.__name__


def test_random_changes_to_any_file_are_found(bundle):
    _, folder = bundle
    chance = random.Random(SEED)
    for _ in range(SEALED_ROUNDS):
        path, raw, changed, harm = harmed(folder, chance)
        path.write_bytes(changed)
        assert not check_bundle(folder).sound, f"{harm} in {path.name} was not found"
        path.write_bytes(raw)
    assert check_bundle(folder).sound


def test_a_thousand_random_changes_are_found_though_sealed_again_with_the_services_key(bundle):
    council, folder = bundle
    chance = random.Random(SEED + 1)
    rounds = 0
    while rounds < ROUNDS:
        path, raw, changed, harm = harmed(folder, chance)
        if is_outside_the_evidence(path, harm):
            continue
        path.write_bytes(changed)
        council.reseal(folder)
        assert not check_bundle(folder).sound, f"{harm} in {path.name} was not found"
        path.write_bytes(raw)
        rounds += 1
    council.reseal(folder)
    assert check_bundle(folder).sound


def is_outside_the_evidence(path, harm) -> bool:
    """What only the seal protects: explanations, and a checkpoint that later ones make needless."""
    drops_a_line = harm in {"delete_line", "cut_tail"}
    return (
        path.name in FREE_TEXT
        or path.name.startswith("SHA256SUMS")
        or (path.name == "checkpoints.jsonl" and drops_a_line)
    )


def places(value, trail=()):
    """The way to every value within a JSON value."""
    yield trail
    inner = (
        value
        if isinstance(value, dict)
        else dict(enumerate(value if isinstance(value, list) else ()))
    )
    for key, part in inner.items():
        yield from places(part, (*trail, key))


def exchanged(value, trail, other):
    if not trail:
        return other
    copy = value.copy()
    copy[trail[0]] = exchanged(value[trail[0]], trail[1:], other)
    return copy


def test_a_value_of_another_kind_anywhere_is_found_and_stops_no_check(bundle):
    council, folder = bundle
    chance = random.Random(SEED + 2)
    names = sorted(folder.rglob("*.json*"))
    for _ in range(KIND_ROUNDS):
        path = chance.choice(names)
        raw = path.read_bytes()
        lines = raw.splitlines()
        number = chance.randrange(len(lines))
        value = canonical.loads(lines[number])
        trail = chance.choice(list(places(value)))
        other = chance.choice([None, True, -1, 2**52, "x", [], {}, [None], {"x": 1}])
        lines[number] = canonical.dumps(exchanged(value, trail, other))
        changed = b"\n".join(lines) + (b"\n" if raw.endswith(b"\n") else b"")
        if changed == raw:
            continue
        path.write_bytes(changed)
        council.reseal(folder)
        assert not check_bundle(folder).sound, f"{other!r} at {trail} of {path.name}"
        path.write_bytes(raw)


@pytest.mark.parametrize("name", ["leaves.jsonl", "openings.jsonl", "statements.jsonl"])
def test_every_line_that_is_dropped_is_missed(bundle, name):
    council, folder = bundle
    path = folder / name
    lines = path.read_bytes().splitlines(keepends=True)
    for place in range(len(lines)):
        path.write_bytes(b"".join(lines[:place] + lines[place + 1 :]))
        council.reseal(folder)
        assert not check_bundle(folder).sound, f"line {place + 1}"


def test_every_file_that_is_taken_away_is_missed(bundle):
    council, folder = bundle
    for path in [one for one in sorted(folder.rglob("*")) if one.is_file()]:
        raw = path.read_bytes()
        path.unlink()
        assert not check_bundle(folder).sound, path.name
        if path.name not in FREE_TEXT and not path.name.startswith("SHA256SUMS"):
            council.reseal(folder)
            assert not check_bundle(folder).sound, f"{path.name}, sealed again"
            path.write_bytes(raw)
            council.reseal(folder)
        path.write_bytes(raw)
        assert check_bundle(folder).sound
