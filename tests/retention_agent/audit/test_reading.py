import os
import shutil

import pytest

from retention_agent.audit.problem import CODES
from retention_agent.audit.verifier import check_bundle


@pytest.fixture
def bundle(exported, tmp_path):
    council, folder = exported
    return council, shutil.copytree(folder, tmp_path / "copy")


def codes(folder) -> set[str]:
    found = {problem.code for problem in check_bundle(folder).problems}
    assert found <= CODES.keys()
    return found


def test_a_file_added_to_the_bundle_is_found(bundle):
    _, folder = bundle
    (folder / "manifests" / "note.txt").write_text("x")
    assert codes(folder) == {"file-unlisted"}


def test_a_changed_explanation_is_found(bundle):
    _, folder = bundle
    with (folder / "README.txt").open("a") as file:
        file.write("PS. Trust me.\n")
    assert codes(folder) == {"file-changed"}


def test_a_list_of_files_signed_by_another_key_is_found(bundle):
    council, folder = bundle
    signature = council.keys["ada"].sign((folder / "SHA256SUMS").read_bytes())
    (folder / "SHA256SUMS.sig").write_bytes(signature)
    assert codes(folder) == {"contents-unsigned"}


def test_another_checkpoint_than_the_last_is_found_though_sealed_again(bundle):
    council, folder = bundle
    first = (folder / "checkpoints.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "checkpoints.jsonl").write_bytes(b"".join(first[:-1]))
    council.reseal(folder)
    assert codes(folder) == {"file-changed", "log-unsigned"}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("checkpoints.jsonl", b'{"note":1}\n'),
        ("checkpoints.jsonl", b'{"note":"x","more":1}\n'),
        ("openings.jsonl", b'{"field":"path","number":true,"salt":"","value":""}\n'),
        ("openings.jsonl", b"[]\n"),
        ("keyrings.jsonl", b'{"document":"x"}\n'),
        ("keyrings.jsonl", b'{"document":"x","signatures":[7]}\n'),
        ("statements.jsonl", b'{"text":"x"}\n'),
        ("statements.jsonl", b'{"signature":"", "text":"x"}\n'),
        ("statements.jsonl", b"\xff\n"),
        ("statements.jsonl", b"\n"),
    ],
)
def test_a_line_in_another_form_is_reported_with_its_number(bundle, name, line):
    council, folder = bundle
    path = folder / name
    number = len(path.read_bytes().splitlines()) + 1
    with path.open("ab") as file:
        file.write(line)
    council.reseal(folder)
    (problem,) = check_bundle(folder).problems
    assert (problem.code, problem.where) == ("file-unreadable", f"{name}, line {number}")


def test_a_last_line_that_does_not_end_is_found(bundle):
    council, folder = bundle
    path = folder / "leaves.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    council.reseal(folder)
    assert codes(folder) == {"file-unreadable"}


def test_what_is_not_a_regular_file_is_not_opened(bundle):
    council, folder = bundle
    for name in ("leaves.jsonl", "log.vkey"):
        (folder / name).unlink()
        os.mkfifo(folder / name)
    found = codes(folder)
    assert {"file-missing", "file-changed", "key-malformed"} <= found
    assert council


def test_a_text_file_that_is_not_text_is_found(bundle):
    _, folder = bundle
    (folder / "checkpoint").write_bytes(b"\xff\xfe")
    assert codes(folder) == {"file-changed", "file-unreadable"}


def test_an_empty_folder_is_no_evidence(tmp_path):
    assert {"file-missing", "contents-unsigned", "key-malformed"} == codes(tmp_path)
