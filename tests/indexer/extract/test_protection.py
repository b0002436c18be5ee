"""Locked files of every kind are told apart from each other, from empty ones and from damage."""

import base64
import io
import zipfile

import pytest

from indexer.extract.base import Unreadable
from indexer.extract.protection import lock_of
from tests.fakes.compound import compound

RPMSG = b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(40)
ENVELOPED = bytes.fromhex("308201a006092a864886f70d010703a0820191") + bytes(60)
AUTH_ENVELOPED = bytes.fromhex("3080060b2a864886f70d0109100117a080") + bytes(60)
SIGNED = bytes.fromhex("308201a006092a864886f70d010702a0820191") + bytes(60)
PGP = b"-----BEGIN PGP MESSAGE-----\nVersion: 1\n\nhQEMA0Zm\n-----END PGP MESSAGE-----\n"
HEADERS = b"From: a@b.example\nSubject: Rents\n"


def reason(extract, data, media_type):
    with pytest.raises(Unreadable) as caught:
        extract(data, media_type)
    return caught.value.reason


@pytest.mark.parametrize(
    ("head", "lock"),
    [
        (RPMSG, "rights-protected"),
        (b".pfile\x02\x00", "rights-protected"),
        (PGP, "encrypted"),
        (b"\xef\xbb\xbf\r\n" + PGP, "encrypted"),
        (b"\x85\x01\x0c\x03abc", "encrypted"),
        (b"\x84\x5e\x03abc", "encrypted"),
        (b"\x8c\x0d\x04\x09", "encrypted"),
        (ENVELOPED, "encrypted"),
        (AUTH_ENVELOPED, "encrypted"),
        (b"-----BEGIN PKCS7-----\n" + base64.encodebytes(ENVELOPED), "encrypted"),
        (b"-----BEGIN CMS-----\n" + base64.encodebytes(SIGNED), None),
        (SIGNED, None),
        (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", None),
        (b"\x85\x01\x0c\x09abc", None),
        (b"a note on -----BEGIN PGP MESSAGE-----", None),
        (b"", None),
    ],
)
def test_the_first_bytes_show_the_lock(head, lock):
    assert lock_of(head) == lock


@pytest.mark.parametrize("media_type", ["text/plain", "application/octet-stream", "message/rfc822"])
def test_a_lock_counts_whatever_the_file_is_taken_for(extract, media_type):
    assert reason(extract, PGP, media_type) == "encrypted"
    assert reason(extract, RPMSG, media_type) == "rights-protected"


def archive(*locked):
    """An archive whose entries bear, or do not bear, the mark of a password."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("folder/", b"")
        for number, _ in enumerate(locked):
            packed.writestr(f"{number}.txt", b"agenda")
        for entry, mark in zip(packed.infolist()[1:], locked, strict=True):
            entry.flag_bits |= mark
    return out.getvalue()


def test_an_archive_all_of_which_is_locked_is_encrypted(extract):
    assert reason(extract, archive(1, 1), "application/zip") == "encrypted"
    assert reason(extract, archive(1, 0), "application/zip") == "no-extractor"
    assert reason(extract, archive(), "application/zip") == "no-extractor"


@pytest.mark.parametrize(
    ("attached", "expected"), [(RPMSG, "rights-protected"), (ENVELOPED, "encrypted")]
)
def test_a_message_of_outlook_that_wraps_a_locked_one_is_locked(extract, attached, expected):
    message = compound({
        "__substg1.0_001A001F": "IPM.Note".encode("utf-16-le"),
        "__attach_version1.0_#00000000/__substg1.0_37010102": attached,
    })  # fmt: skip
    assert reason(extract, message, "application/vnd.ms-outlook") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", "encrypted"),
        (b"Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data\n\nx", "encrypted"),
        (
            b"Content-Type: application/x-pkcs7-mime\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(ENVELOPED),
            "encrypted",
        ),
        (b"Content-Type: multipart/encrypted; boundary=x\n\n--x--\n", "encrypted"),
        (b"\n" + PGP, "encrypted"),
        (b"Content-Type: application/x-microsoft-rpmsg-message\n\nx", "rights-protected"),
    ],
)
def test_a_sealed_message_is_locked_however_it_is_sealed(extract, body, expected):
    assert reason(extract, HEADERS + body, "message/rfc822") == expected


def test_a_signed_message_is_read(extract):
    signed = (
        b"Content-Type: multipart/signed; boundary=x\n\n--x\n\nThe rents rise.\n--x\n"
        b"Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx\n--x--\n"
    )
    assert "The rents rise." in extract(HEADERS + signed, "message/rfc822").text


def test_a_document_under_todays_rights_management_is_rights_protected(extract):
    package = compound({
        "EncryptedPackage": bytes(64),
        "\x06DataSpaces/DataSpaceMap": bytes(8),
        "\x06DataSpaces/DataSpaceInfo/DRMEncryptedDataSpace": bytes(8),
    })  # fmt: skip
    assert reason(extract, package, "application/msword") == "rights-protected"
    locked = compound({"EncryptedPackage": bytes(64), "EncryptionInfo": bytes(64)})
    assert reason(extract, locked, "application/msword") == "encrypted"
