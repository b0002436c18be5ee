import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from retention_agent.audit import checkpoint
from retention_agent.audit.checkpoint import BadCheckpoint, Checkpoint

# The example of the C2SP signed-note specification.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VERIFIER = checkpoint.verifier_of(KEY.public_key())
TREE = Checkpoint(VERIFIER.name, 42, bytes(range(32)))
NOTE = checkpoint.sign(TREE, KEY)
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def resigned(text: str) -> str:
    """A note over any text, signed as the log would."""
    signature = base64.b64encode(VERIFIER.id + KEY.sign(text.encode())).decode()
    return f"{text}\n— {VERIFIER.name} {signature}\n"


def test_the_example_of_the_specification_verifies():
    verifier = checkpoint.read_verifier(EXAMPLE_KEY)
    assert verifier.id.hex() == "530d903a"
    assert verifier.text == EXAMPLE_KEY
    assert checkpoint.open_note(EXAMPLE_NOTE, verifier) == "This is an example message.\n"


def test_a_signed_checkpoint_opens_to_what_was_signed():
    assert checkpoint.open_checkpoint(NOTE, VERIFIER) == TREE
    assert NOTE.startswith(f"{VERIFIER.name}\n42\n")


def test_a_verifier_key_is_read_back_from_its_line():
    again = checkpoint.read_verifier(VERIFIER.text)
    assert (again.name, again.id) == (VERIFIER.name, VERIFIER.id)
    assert checkpoint.open_checkpoint(NOTE, again) == TREE


@pytest.mark.parametrize(
    "line",
    [
        "",
        "name",
        "name+00000000+",
        EXAMPLE_KEY.replace("530d903a", "530d903b"),
        EXAMPLE_KEY.replace("530d903a", "530D903A"),
        EXAMPLE_KEY.replace("example.com/foo", "example.com/bar"),
        EXAMPLE_KEY.replace("example.com/foo", "example.com foo"),
        EXAMPLE_KEY.replace("+AekyeR", "+BekyeR"),
        EXAMPLE_KEY[:-4],
        EXAMPLE_KEY + "\n",
    ],
)
def test_a_malformed_verifier_key_is_refused(line):
    with pytest.raises(BadCheckpoint):
        checkpoint.read_verifier(line)


def test_signatures_by_unknown_keys_are_ignored():
    text = checkpoint.open_note(NOTE, VERIFIER)
    other = checkpoint.sign(Checkpoint("witness.example", 42, bytes(32)), STRANGER)
    foreign = other.rpartition("\n\n")[2]
    assert checkpoint.open_note(f"{NOTE}{foreign}", VERIFIER) == text
    # the same name under another key id is another key
    namesake = base64.b64encode(b"\x00" * 68).decode()
    assert checkpoint.open_note(f"{NOTE}— {VERIFIER.name} {namesake}\n", VERIFIER) == text


def test_a_note_signed_by_strangers_only_is_refused():
    stranger = checkpoint.verifier_of(STRANGER.public_key())
    with pytest.raises(BadCheckpoint, match="not signed by"):
        checkpoint.open_note(NOTE, stranger)


def test_a_wrong_signature_of_the_known_key_rejects_the_note_even_beside_a_right_one():
    forged = base64.b64encode(VERIFIER.id + bytes(64)).decode()
    with pytest.raises(BadCheckpoint, match="does not fit"):
        checkpoint.open_note(f"{NOTE}— {VERIFIER.name} {forged}\n", VERIFIER)


def test_a_checkpoint_of_another_log_signed_by_this_key_is_refused():
    text = f"example.org\n42\n{base64.b64encode(bytes(32)).decode()}\n"
    with pytest.raises(BadCheckpoint, match=r"a checkpoint of example\.org"):
        checkpoint.open_checkpoint(resigned(text), VERIFIER)


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"{VERIFIER.name}\n042\n{ROOT}\n",
        f"{VERIFIER.name}\n+42\n{ROOT}\n",
        f"{VERIFIER.name}\n-1\n{ROOT}\n",
        f"{VERIFIER.name}\n4 2\n{ROOT}\n",
        f"{VERIFIER.name}\n٤٢\n{ROOT}\n",
        f"{VERIFIER.name}\n42\n{ROOT[:-1]}\n",
        f"{VERIFIER.name}\n42\n{ROOT[:-2]}B=\n",
        f"{VERIFIER.name}\n42\n{base64.b64encode(bytes(31)).decode()}\n",
        f"{VERIFIER.name}\n42\n",
        f"{VERIFIER.name}\n\n42\n{ROOT}\n",
        f"\n42\n{ROOT}\n",
    ],
)
def test_a_checkpoint_spelt_in_any_other_way_is_refused_though_signed(text):
    with pytest.raises(BadCheckpoint):
        checkpoint.open_checkpoint(resigned(text), VERIFIER)


def test_extension_lines_are_allowed():
    text = f"{VERIFIER.name}\n0\n{ROOT}\nsomething more\n"
    assert checkpoint.open_checkpoint(resigned(text), VERIFIER).size == 0


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("\n\n", "\n"),
        NOTE.removesuffix("\n"),
        NOTE + "\n",
        NOTE.replace("42", "42\x00"),
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—  "),
        NOTE + "— name\n",
        NOTE + "— na+me AAAAAAAA\n",
        NOTE + "— name AAAA\n",
        NOTE + "— name not-base64\n",
        NOTE + "— name AAAAAAA=\n" * 101,
    ],
)
def test_a_malformed_note_is_refused(note):
    with pytest.raises(BadCheckpoint):
        checkpoint.open_note(note, VERIFIER)


def test_any_flipped_bit_of_a_note_is_found():
    raw = NOTE.encode()
    for place in range(len(raw)):
        for bit in range(8):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            try:
                text = changed.decode()
            except UnicodeDecodeError:
                continue
            with pytest.raises(BadCheckpoint):
                checkpoint.open_checkpoint(text, VERIFIER)


@given(st.text())
def test_arbitrary_text_is_refused_and_never_crashes(text):
    for candidate in (text, f"{text}\n\n{NOTE.rpartition(chr(10) * 2)[2]}"):
        with pytest.raises(BadCheckpoint):
            checkpoint.open_checkpoint(candidate, VERIFIER)


@given(st.integers(0, 10**18), st.binary(min_size=32, max_size=32))
def test_every_size_and_root_survive_the_text(size, root):
    tree = Checkpoint(VERIFIER.name, size, root)
    assert checkpoint.open_checkpoint(checkpoint.sign(tree, KEY), VERIFIER) == tree
