import os
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from retention_agent.audit import keys
from retention_agent.errors import IntegrityError, UsageError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "key.pem"


def same(one, other):
    return one.private_bytes_raw() == other.private_bytes_raw()


def test_a_persons_key_opens_with_its_passphrase(path):
    made = keys.new_person_key(path, "correct horse ü")
    assert same(keys.load_person_key(path, "correct horse ü"), made)
    assert b"ENCRYPTED" in path.read_bytes()


@pytest.mark.parametrize("passphrase", ["", "  ", "\t\n"])
def test_an_empty_passphrase_is_refused_and_the_reason_given(path, passphrase):
    with pytest.raises(UsageError, match="anybody who copies the key file can approve"):
        keys.new_person_key(path, passphrase)
    assert not path.exists()


@pytest.mark.parametrize("passphrase", ["wrong", ""])
def test_a_wrong_passphrase_is_named_as_such(path, passphrase):
    keys.new_person_key(path, "right")
    with pytest.raises(UsageError, match="the passphrase is wrong"):
        keys.load_person_key(path, passphrase)


@pytest.mark.parametrize(
    "make", [lambda path: keys.new_person_key(path, "x"), keys.new_service_key]
)
def test_key_files_are_for_their_owner_only_whatever_the_umask(path, make):
    before = os.umask(0)
    try:
        make(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "make", [lambda path: keys.new_person_key(path, "x"), keys.new_service_key]
)
def test_no_key_is_ever_overwritten(path, make):
    path.write_text("something precious")
    with pytest.raises(UsageError, match="no key is ever overwritten"):
        make(path)
    assert path.read_text() == "something precious"


def test_the_service_key_opens_without_a_passphrase(path):
    assert same(keys.new_service_key(path), keys.load_service_key(path))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o700])
def test_a_service_key_that_others_could_read_or_write_is_refused(path, mode):
    keys.new_service_key(path)
    path.chmod(mode)
    with pytest.raises(IntegrityError, match=f"has mode {mode:04o}"):
        keys.load_service_key(path)


def test_an_unlocked_key_is_refused_as_a_persons(path):
    keys.new_service_key(path)
    with pytest.raises(UsageError, match="not locked with a passphrase"):
        keys.load_person_key(path, "x")


def test_a_locked_key_is_refused_as_the_services(path):
    keys.new_person_key(path, "x")
    with pytest.raises(UsageError, match="not an Ed25519 private key"):
        keys.load_service_key(path)


def test_a_file_that_is_no_key_is_refused(path):
    path.write_text("hello")
    path.chmod(0o600)
    for load in (lambda: keys.load_person_key(path, "x"), lambda: keys.load_service_key(path)):
        with pytest.raises(UsageError, match="not an Ed25519 private key"):
            load()


@pytest.mark.parametrize("load", [lambda p: keys.load_person_key(p, "x"), keys.load_service_key])
def test_a_missing_file_is_named(path, load):
    with pytest.raises(UsageError, match="cannot be read"):
        load(path)


def test_a_key_of_another_kind_is_refused(path):
    other = generate_private_key(SECP256R1())
    for lock in (NoEncryption(), BestAvailableEncryption(b"x")):
        path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
        path.chmod(0o600)
        load = keys.load_service_key if isinstance(lock, NoEncryption) else with_passphrase
        with pytest.raises(UsageError, match="not an Ed25519 private key"):
            load(path)


def with_passphrase(path):
    return keys.load_person_key(path, "x")


def test_a_public_key_is_read_back_from_its_line():
    public = Ed25519PrivateKey.generate().public_key()
    line = keys.public_line("ada.lovelace", public)
    assert line.startswith("retention-key-v1 ada.lovelace ")
    person, again = keys.read_public_line(f" {line}\n")
    assert (person, again.public_bytes_raw()) == ("ada.lovelace", public.public_bytes_raw())


@pytest.mark.parametrize(
    "line",
    [
        "",
        "retention-key-v2 ada AAAA",
        "retention-key-v1 ada AAAA",
        "retention-key-v1 Ada Lovelace AAAA",
        "retention-key-v1 ada ünot-base64",
        "retention-key-v1 ada " + "A" * 43,
    ],
)
def test_a_malformed_public_key_line_is_refused(line):
    with pytest.raises(UsageError, match="is not a public key"):
        keys.read_public_line(line)
