"""From a batch to its certificate: what each command says, and what it says the second time."""

import base64
import json
import sqlite3
from datetime import datetime, timedelta

import pikepdf

from retention_agent.disposal.certificate import KIND


def test_every_step_tells_the_next_and_can_be_run_twice(case):
    do = case.desk.do
    batch = case.desk.propose(case.one, case.two)
    for _ in range(2):
        shown = do("review", batch, "--person", "ann")
        assert f"Batch {batch} (proposed): 2 files, asked for by rita" in shown.out
        assert f"retention approve {batch}" in shown.out
    assert "still needs: 1 of 2 approvals" in do("approve", batch, "--key", "ann.pem").out
    do("approve", batch, "--key", "ann.pem", code=4)
    assert "is not approved" in do("dispose", batch, code=4).err
    do("review", batch, "--person", "omar")
    approved = do("approve", batch, "--key", "omar.pem")
    assert f"is approved by ann and omar.\nNext: retention dispose {batch}" in approved.out
    early = do("purge", batch)
    assert "2 approved" in early.out
    assert f"Nothing of it is in the disposal bin yet. Next: retention dispose {batch}" in early.err
    assert "its items are approved" in do("certificate", batch, code=4).err
    for _ in range(2):
        disposed = do("dispose", batch)
        assert disposed.out == f"Batch {batch}: 2 waiting\n"
        assert f"Destroy now: retention purge {batch}" in disposed.err
    assert case.standing == set()
    restored = do("restore", case.one, "--reason", "appeal")
    assert restored.out == f"Record {case.one} is back at files:{case.name}/one.eml.\n"
    assert "is in no batch" in do("restore", case.one, "--reason", "appeal", code=2).err
    for _ in range(2):
        purged = do("purge", batch)
        assert f"Batch {batch}: 1 destroyed, 1 restored" in purged.out
        assert f"record {case.one} is kept (restored): appeal" in purged.out
        assert f"retention certificate {batch}" in purged.err
    first, second = (do("certificate", batch).out for _ in range(2))
    assert first == second
    assert "Outcome: 1 destroyed, 1 restored" in first
    assert "UNSAFE: unsafe_undo_window" in first
    do("restore", case.two, "--reason", "too late", code=2)
    assert case.standing == {"one.eml"}


def test_running_dispose_on_a_finished_batch_does_not_open_it_again(case):
    batch = case.desk.approved(case.one)
    for command in ("dispose", "purge", "dispose"):
        case.desk.run(command, batch)
    (batches,) = (line["batches"] for line in case.desk.ask("status"))
    assert {each["batch"]: each["status"] for each in batches}[batch] == "closed"
    case.desk.do("certificate", batch)


def test_json_of_every_step_has_what_a_program_needs(case):
    ask = case.desk.ask
    (made,) = ask("propose", "files", "--key", "rita.pem", "--record", case.one, "--limit", 3)
    assert made["size"] == 1
    batch = made["batch"]
    (shown,) = ask("review", batch, "--person", "ann")
    (item,) = shown["sample"]
    assert (item["record"], item["state"], item["class"]) == (case.one, "proposed", "FIN-003")
    assert shown["largest"] == shown["oldest"] == item
    (first,) = ask("approve", batch, "--key", "ann.pem")
    assert (first["approved"], first["approvers"]) == (False, ["ann"])
    ask("review", batch, "--person", "omar")
    (second,) = ask("approve", batch, "--key", "omar.pem")
    assert second == {
        "batch": batch,
        "approved": True,
        "approvers": ["ann", "omar"],
        "missing": [],
    }
    assert ask("dispose", batch) == [{"batch": batch, "items": {"waiting": 1}, "kept": []}]
    assert ask("purge", batch) == [{"batch": batch, "items": {"destroyed": 1}, "kept": []}]
    (document,) = ask("certificate", batch)
    assert document["certificate"] == KIND
    assert [each["outcome"] for each in document["items"]] == ["destroyed"]


def test_a_certificate_is_also_written_where_it_is_wanted(case):
    batch = case.desk.approved(case.one)
    case.desk.do("dispose", batch)
    case.desk.do("purge", batch)
    files = ("--out", f"{case.name}.json", "--pdf", f"{case.name}.pdf")
    case.desk.do("certificate", batch, *files)
    signed = (case.desk.folder / f"{case.name}.json").read_bytes()
    assert json.loads(signed) == case.desk.ask("certificate", batch)[0]
    with pikepdf.open(case.desk.folder / f"{case.name}.pdf") as opened:
        inside = opened.attachments[f"certificate-{batch}.json"].get_file()
        assert inside.read_bytes() == signed


def test_rejecting_says_what_is_kept_and_why(case):
    batch = case.desk.propose(case.one, case.two)
    item = case.desk.do("reject", batch, "--item", 1, "--reason", "museum", "--key", "ann.pem")
    assert item.out == f"Item 1 of batch {batch} is kept: museum\n"
    (whole,) = case.desk.ask("reject", batch, "--reason", "all wrong", "--key", "omar.pem")
    assert whole == {"batch": batch, "item": None, "rejected": True}
    assert "its answers are final" in case.desk.do(
        "reject", batch, "--reason", "again", "--key", "ann.pem", code=4
    ).err  # fmt: skip


def test_the_whole_batch_is_shown_when_asked_for(case):
    batch = case.desk.propose(case.one, case.two)
    (shown,) = case.desk.ask("review", batch, "--person", "ann", "--all")
    assert [each["item"] for each in shown["sample"]] == [0, 1]
    assert "one.eml" in case.desk.do("review", batch, "--person", "ann", "--all").out


def test_a_restored_file_is_put_beside_one_that_took_its_place(case):
    batch = case.desk.approved(case.one)
    case.desk.do("dispose", batch)
    case.desk.mail(f"{case.name}/one.eml", "A newcomer.")
    (back,) = case.desk.ask("restore", case.one, "--reason", "appeal")
    assert back["path"] == f"{case.name}/one (restored).eml"
    assert case.standing == {"one.eml", "two.eml", "one (restored).eml"}


def test_the_register_shows_in_which_batch_a_record_was(case):
    assert case.desk.ask("show", case.one)[0]["batch"] is None
    batch = case.desk.propose(case.one)
    assert case.desk.ask("show", case.one)[0]["batch"] == f"{batch}/0"


def test_a_read_only_share_is_never_disposed_from(desk):
    batch = desk.approved(desk.number("fin/one.eml"))
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(text.replace("disposal = true", "disposal = false"), encoding="utf-8")
    for command in (
        ("propose", "files", "--key", "rita.pem"),
        ("dispose", batch),
        ("purge", batch),
        ("share", "enable", "files"),
    ):
        assert "is read-only" in desk.do(*command, code=4).err


def test_the_undo_window_is_said_and_kept(desk):
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(text.replace('"none"', '"off"'), encoding="utf-8")
    batch = desk.approved(desk.number("fin/one.eml"))
    assert "in 30 days" in desk.do("dispose", batch).err
    purged = desk.do("purge", batch)
    assert purged.out == f"Batch {batch}: 1 waiting\n"
    with sqlite3.connect(desk.state / "register.db") as connection:
        ((binned,),) = connection.execute("SELECT binned FROM batch_item")
    last = f"{datetime.fromisoformat(binned) + timedelta(days=30):%Y-%m-%d at %H:%M}"
    assert "1 items still wait for their undo window to end;" in purged.err
    assert f"the first ends on {last} UTC." in purged.err


def test_an_approval_that_expired_moves_nothing(desk):
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(text + "approval_days = 1\n", encoding="utf-8")
    batch = desk.approved(desk.number("fin/one.eml"))
    with_register(desk, "UPDATE batch SET expires = '2020-01-01T00:00:00Z'")
    answer = desk.do("dispose", batch, code=4)
    assert (desk.share / "fin/one.eml").exists()
    # the date that was signed is another one, so the signatures do not count either
    assert "is not approved" in answer.err
    told = desk.do("approve", batch, "--key", "sol.pem", code=4).err
    assert "is expired; its answers are final" in told


def test_approvals_written_into_the_register_by_hand_prove_nothing(desk):
    batch = desk.propose(desk.number("fin/one.eml"))
    with_register(desk, "UPDATE batch SET status = 'approved'")
    with_register(desk, "UPDATE batch_item SET state = 'approved'")
    with_register(desk, "UPDATE record SET state = 'approved' WHERE state = 'proposed'")
    assert "0 of 2 approvals" in desk.do("dispose", batch, code=4).err
    assert (desk.share / "fin/one.eml").exists()


def test_a_manifest_changed_behind_the_approvers_backs_stops_the_batch(desk):
    one, two = desk.number("fin/one.eml"), desk.number("fin/two.eml")
    batch = desk.approved(one)
    with_register(desk, f"UPDATE batch_item SET record = {two}")
    path = base64.b64encode(b"fin/two.eml").decode()
    changed = f"json_set(manifest, '$.path_b64', '{path}')"
    with_register(desk, f"UPDATE batch_item SET manifest = {changed}")
    assert "is not the one it was proposed with" in desk.do("dispose", batch, code=5).err
    assert {path.name for path in (desk.share / "fin").iterdir()} >= {"one.eml", "two.eml"}


def with_register(desk, statement):
    connection = sqlite3.connect(desk.state / "register.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_an_approval_that_expires_midway_leaves_nothing_stuck(desk):
    """Armed, and cut short there; then the approval ran out before the next run."""
    one, two = desk.number("fin/one.eml"), desk.number("fin/two.eml")
    batch = desk.approved(one, two)
    with_register(desk, f"UPDATE record SET state = 'armed' WHERE id = {two}")
    named = "state = 'armed', bin_name = CAST('00ff' AS BLOB)"
    with_register(desk, f"UPDATE batch_item SET {named} WHERE record = {two}")
    with_register(desk, "UPDATE batch SET status = 'disposing', expires = '2020-01-01T00:00:00Z'")
    desk.do("dispose", batch, code=4)
    assert [desk.state_of(each) for each in (one, two)] == ["due", "due"]
    assert (desk.share / "fin/two.eml").exists()
    again = desk.propose(two)
    assert again != batch
    assert desk.state_of(two) == "proposed"


def test_what_was_restored_is_proposed_by_its_number_and_the_refusal_says_so(desk):
    numbers = [desk.number(f"fin/{name}.eml") for name in ("one", "two", "three", "four")]
    number = numbers[0]
    desk.do("dispose", desk.approved(*numbers))
    desk.do("restore", number, "--reason", "appeal")
    refused = desk.do("propose", "files", "--key", "rita.pem", code=4)
    assert "--record N" in refused.err
    assert desk.propose(number)
