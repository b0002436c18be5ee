"""Files are read once more by the same confined workers; what cannot be read says nothing."""

import hashlib
import os

import pytest


@pytest.fixture
def again(council):
    """A function: what reading files of the share again finds, by number."""
    app = council.app

    def again(*names):
        def opener(name):
            return lambda: os.open(council.share / name, os.O_RDONLY)

        with app.share("files") as root:
            read = app.disposal(root).read
            files = [(n, name.encode(), opener(name)) for n, name in enumerate(names)]
            return {number: (columns, text) for number, columns, text in read(files)}

    return again


def test_a_file_is_described_as_at_capture(again, council):
    content = b"The bridge was closed."
    (council.share / "one.txt").write_bytes(content)
    ((columns, text),) = again("one.txt").values()
    assert text == content.decode()
    assert columns["sha256"] == hashlib.sha256(content).hexdigest()
    assert (columns["capture"], columns["partial"]) == ("captured", False)


def test_what_cannot_be_opened_or_read_is_left_out(again, council):
    (council.share / "good.txt").write_bytes(b"The bridge was closed.")
    (council.share / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing")
    assert list(again("missing.txt", "good.txt", "broken.pdf")) == [1]
