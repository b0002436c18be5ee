import ast
import io
import json
import shutil
import stat
import subprocess
import sys
import zipfile

import pytest

from retention_agent.audit import bundle, checkpoint, log, merkle
from retention_agent.errors import IntegrityError, UsageError


def test_the_bundle_has_every_file_its_readme_names(exported):
    _, folder = exported
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert there == {
        "README.txt",
        "SHA256SUMS",
        "SHA256SUMS.sig",
        "certificates",
        "certificates/B1.json",
        "certificates/B1.sig",
        "checkpoint",
        "checkpoints.jsonl",
        "keyrings.jsonl",
        "leaves.jsonl",
        "log.pem",
        "log.vkey",
        "manifests",
        "manifests/B1.jsonl",
        "manifests/B2.jsonl",
        "manifests/B3.jsonl",
        "openings.jsonl",
        "retention-verify.pyz",
        "statements.jsonl",
    }
    readme = (folder / "README.txt").read_text()
    assert all(path.split("/")[0] in readme for path in there - {"README.txt", "SHA256SUMS.sig"})


def test_nobody_but_its_owner_can_read_it(exported):
    _, folder = exported
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert modes == {0o600, 0o700}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_with_something_in_it_is_refused(connection, council, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious.txt").write_text("x")
    with pytest.raises(UsageError, match="is not empty"):
        council.export(connection, tmp_path / "out")


def test_a_file_in_the_place_of_the_folder_is_refused(connection, council, tmp_path):
    (tmp_path / "out").write_text("x")
    with pytest.raises(UsageError, match="cannot be used for a bundle"):
        council.export(connection, tmp_path / "out")


def test_the_export_rests_on_a_checkpoint_that_covers_its_own_entry(connection, council, tmp_path):
    council.found(connection)
    before = log.size(connection)
    note = bundle.export(connection, tmp_path / "out", council.service_key, council.later())
    assert checkpoint.open_checkpoint(note, council.verifier).size == before + 1
    assert (tmp_path / "out" / "checkpoint").read_text() == note
    assert b"evidence export" in (tmp_path / "out" / "leaves.jsonl").read_bytes()


def test_a_draft_of_the_keyring_is_left_out(connection, council, tmp_path):
    council.found(connection)
    connection.exec_driver_sql("INSERT INTO keyring VALUES (2, '{}', 0)")
    out = tmp_path / "out"
    council.export(connection, out)
    assert len((out / "keyrings.jsonl").read_bytes().splitlines()) == 1


def test_a_batch_id_that_would_leave_the_folder_is_refused(connection, council, tmp_path):
    council.found(connection)
    council.say(connection, "rita", "request-batch", "../../etc/B1", {})
    with pytest.raises(IntegrityError, match="cannot be a batch's id"):
        council.export(connection, tmp_path / "out")


def test_the_verifier_travels_with_just_its_modules_and_the_same_bytes_each_time():
    made = bundle.verifier_archive()
    assert made == bundle.verifier_archive()
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert sorted(names) == sorted(
        ["__main__.py", "retention_agent/__init__.py", "retention_agent/audit/__init__.py"]
        + [f"retention_agent/audit/{name}.py" for name in bundle.VERIFIER_MODULES]
    )


def run_archive(folder, *arguments):
    """Run the bundle's own verifier with no sight of this checkout, the environment or home."""
    command = [sys.executable, "-I", folder / "retention-verify.pyz", folder, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


def test_the_verifier_in_the_bundle_runs_by_itself(exported):
    _, folder = exported
    ran = run_archive(folder, "--checkpoint", folder / "checkpoint")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "EVERYTHING ADDS UP." in ran.stdout


def test_the_verifier_needs_nothing_but_the_standard_library_and_cryptography(exported):
    _, folder = exported
    script = (
        "import runpy, sys\n"
        f"sys.argv = ['x', {str(folder)!r}]\n"
        "before = set(sys.modules)\n"
        "try:\n"
        f"    runpy.run_path({str(folder / 'retention-verify.pyz')!r}, run_name='__main__')\n"
        "except SystemExit as done:\n"
        "    assert done.code == 0, done.code\n"
        "roots = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(roots - set(sys.stdlib_module_names)))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, cwd="/", check=True
    )
    found = ran.stdout.strip().splitlines()[-1]
    cryptography = {"cryptography", "_cffi_backend", "_openssl"}
    allowed = {*cryptography, "retention_agent", "__main__"}
    assert set(ast.literal_eval(found)) <= allowed


def shell(folder, script):
    ran = subprocess.run(
        ["sh", "-ec", script], capture_output=True, text=True, cwd=folder, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture
def by_hand(exported, tmp_path):
    """The commands of the bundle's README, run in a copy of it."""
    _, folder = exported
    return shutil.copytree(folder, tmp_path / "by-hand")


OPENSSL = "openssl pkeyutl -verify -pubin -inkey log.pem -rawin"


def test_the_file_list_can_be_checked_by_hand(by_hand):
    shell(by_hand, "sha256sum --check SHA256SUMS")
    shell(by_hand, f"{OPENSSL} -in SHA256SUMS -sigfile SHA256SUMS.sig")


def test_the_checkpoint_can_be_checked_by_hand(by_hand):
    shell(
        by_hand,
        "head -n 3 checkpoint > text\n"
        "tail -n 1 checkpoint | cut -d ' ' -f 3 | base64 -d | tail -c 64 > signature\n"
        f"{OPENSSL} -in text -sigfile signature",
    )


def test_a_certificate_can_be_checked_by_hand(by_hand):
    shell(
        by_hand,
        "(printf 'retention-agent/certificate/v1\\n'; cat certificates/B1.json) > message\n"
        f"{OPENSSL} -in message -sigfile certificates/B1.sig",
    )


def test_clear_text_can_be_checked_by_hand(by_hand):
    opening = json.loads((by_hand / "openings.jsonl").read_text().splitlines()[0])
    leaf = (by_hand / "leaves.jsonl").read_text().splitlines()[opening["number"]]
    value = opening["value"].replace("'", "'\\''")
    made = shell(
        by_hand,
        f"(printf '%s' {opening['salt']} | base64 -d; printf '%s' '{value}') "
        "| openssl dgst -sha256 -binary | base64",
    )
    assert json.loads(leaf)["private"][opening["field"]] == made.strip()


def test_a_log_entry_can_be_hashed_by_hand(by_hand):
    made = shell(by_hand, r"(printf '\000'; sed -n 1p leaves.jsonl | tr -d '\n') | sha256sum")
    first = (by_hand / "leaves.jsonl").read_bytes().splitlines()[0]
    assert made.split()[0] == merkle.leaf_hash(first).hex()


def test_a_statement_can_be_checked_by_hand(by_hand):
    statement = json.loads((by_hand / "statements.jsonl").read_text().splitlines()[0])
    person = json.loads(statement["text"])["person"]
    entry = json.loads((by_hand / "keyrings.jsonl").read_text().splitlines()[0])
    (key,) = [one["key"] for one in json.loads(entry["document"])["people"] if one["id"] == person]
    (by_hand / "text").write_text(statement["text"])
    shell(
        by_hand,
        "(printf 'retention-agent/statement/v1\\n'; cat text) > message\n"
        r"(printf '\060\052\060\005\006\003\053\145\160\003\041\000';"
        f" printf '%s' {key} | base64 -d) > key.der\n"
        f"printf '%s' {statement['signature']} | base64 -d > signature\n"
        "openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in message"
        " -sigfile signature",
    )
