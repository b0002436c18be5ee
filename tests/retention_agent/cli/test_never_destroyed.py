"""What must never be destroyed is not, whatever order a tired operator works in."""

import os
import shutil
from datetime import date, timedelta

HELD = ("--title", "Request", "--authority", "FOI 2026/114", "--reason", "request received",
        "--review-by", "2999-01-01")  # fmt: skip


def hold(desk, name, *scope):
    return desk.ask("hold", "place", name, *HELD, *scope)[0]


def carry_out(desk, batch, code=0):
    desk.do("dispose", batch, code=code)
    desk.do("purge", batch, code=code)


BOTH = {"one.eml", "two.eml"}


def test_a_hold_keeps_a_record_that_was_proposed_before(case):
    batch = case.desk.propose(case.one, case.two)
    held = hold(case.desk, "h1", "--path", f"files:{case.name}/one.eml")
    assert (held["records"], held["in_batches"]) == (1, 1)
    case.desk.approve(batch)
    carry_out(case.desk, batch)
    assert case.standing == {"one.eml"}
    assert case.desk.state_of(case.one) == "blocked-by-hold"


def test_a_hold_keeps_a_record_that_was_approved_before(case):
    batch = case.desk.approved(case.one, case.two)
    hold(case.desk, "h2", "--class", "FIN-003", "--path", f"files:{case.name}/")
    answer = case.desk.do("dispose", batch)
    assert "held by h2" in answer.out
    case.desk.do("purge", batch)
    assert case.standing == BOTH


def test_a_hold_keeps_a_record_that_lies_in_the_disposal_bin_until_it_is_restored(case):
    batch = case.desk.approved(case.one, case.two)
    case.desk.do("dispose", batch)
    assert case.standing == set()
    hold(case.desk, "h3", "--field", "subject=invoice*", "--path", f"files:{case.name}/one.eml")
    assert "held by h3" in case.desk.do("purge", batch).out
    case.desk.do("restore", case.one, "--reason", "held")
    assert case.standing == {"one.eml"}
    assert case.desk.state_of(case.two) == "destroyed"


def test_a_hold_that_was_released_protects_for_thirty_days_more(case):
    hold(case.desk, "h4", "--path", f"files:{case.name}")
    case.desk.do("hold", "release", "h4", "--reason", "over", "--key", "ann.pem")
    assert case.due() == set()
    (released,) = case.desk.ask("hold", "release", "h4", "--reason", "over", "--key", "omar.pem")
    ends = date.fromisoformat(released["grace_ends"])
    case.desk.do("propose", "files", "--record", case.one, "--key", "rita.pem", code=4)
    assert case.due() == case.due("--as-of", ends) == set()
    assert case.due("--as-of", ends + timedelta(days=1)) == {case.one, case.two}


def test_one_officer_cannot_release_a_hold_by_signing_twice(case):
    hold(case.desk, "h5", "--path", f"files:{case.name}")
    sign = ("hold", "release", "h5", "--reason", "over", "--key")
    case.desk.do(*sign, "ann.pem")
    case.desk.do(*sign, "ann.pem", code=4)
    case.desk.do(*sign, "rita.pem", code=4)
    assert case.due() == set()


def test_a_rejected_batch_is_never_destroyed(case):
    batch = case.desk.approved(case.one, case.two)
    case.desk.do("reject", batch, "--reason", "still needed", "--key", "sol.pem")
    case.desk.do("dispose", batch, code=4)
    case.desk.do("purge", batch)
    assert case.standing == BOTH
    case.desk.do("approve", batch, "--key", "omar.pem", code=4)


def test_an_item_that_a_reviewer_took_out_is_never_destroyed_with_its_batch(case):
    batch = case.desk.approved(case.one, case.two)
    out = ("reject", batch, "--item", 0, "--reason", "for the museum", "--key", "ann.pem")
    case.desk.do(*out)
    case.desk.do(*out, code=2)
    carry_out(case.desk, batch)
    assert case.standing == {"one.eml"}
    assert case.desk.state_of(case.one) == "deferred"


def test_what_was_taken_out_comes_back_only_when_somebody_names_it(case):
    batch = case.desk.approved(case.one, case.two)
    for item in (0, 1):
        case.desk.do("reject", batch, "--item", item, "--reason", "wait", "--key", "ann.pem")
    answer = case.desk.run("propose", "files", "--key", "rita.pem", "--json")
    if answer.code == 0:  # of the other folders; none of this one
        shown = case.desk.ask("review", answer.only["batch"], "--person", "ann", "--all")[0]
        taken = {item["record"] for item in shown["sample"]}
        case.desk.do("reject", answer.only["batch"], "--reason", "test", "--key", "ann.pem")
        assert taken.isdisjoint({case.one, case.two})
    assert case.desk.propose(case.one)


def test_no_one_person_can_request_and_approve_nor_approve_twice(desk):
    desk.do("person", "add", "rita.pem.pub", "--name", "R", "--role", "requester",
            "--role", "approver")  # fmt: skip
    desk.do("person", "sign", "--key", "ann.pem")
    desk.do("person", "sign", "--key", "omar.pem")
    batch = desk.propose(desk.number("fin/one.eml"))
    for person in ("rita", "ann", "omar", "sol"):
        desk.do("review", batch, "--person", person)
    assert "asked for batch" in desk.do("approve", batch, "--key", "rita.pem", code=4).err
    desk.do("dispose", batch, code=4)
    desk.do("approve", batch, "--key", "ann.pem")
    assert "already signed" in desk.do("approve", batch, "--key", "ann.pem", code=4).err
    desk.do("dispose", batch, code=4)
    # ann and sol put the schedule in force: together they are not enough
    assert "still needs" in desk.do("approve", batch, "--key", "sol.pem").out
    desk.do("dispose", batch, code=4)
    desk.do("approve", batch, "--key", "omar.pem")
    desk.do("dispose", batch)


def test_nobody_approves_what_they_have_not_looked_at(case):
    batch = case.desk.propose(case.one)
    answer = case.desk.do("approve", batch, "--key", "ann.pem", code=4)
    assert f"retention review {batch} --person ann" in answer.err


def test_an_approval_by_somebody_who_left_the_keyring_does_not_count(desk):
    batch = desk.approved(desk.number("fin/one.eml"))
    desk.do("person", "remove", "omar")
    desk.do("person", "sign", "--key", "ann.pem")
    desk.do("person", "sign", "--key", "sol.pem")
    assert "1 of 2 approvals" in desk.do("dispose", batch, code=4).err
    assert (desk.share / "fin/one.eml").exists()


def test_a_file_that_changed_after_approval_is_kept(case):
    batch = case.desk.approved(case.one, case.two)
    case.desk.mail(f"{case.name}/one.eml", "Another text altogether.")
    carry_out(case.desk, batch)
    assert case.standing == {"one.eml"}


def test_a_class_that_changed_after_approval_keeps_the_record(case):
    batch = case.desk.approved(case.one)
    case.desk.classify(f"{case.name}/one.eml", code="FIN-012")
    assert "not as approved any more" in case.desk.do("dispose", batch).out
    case.desk.do("purge", batch)
    assert case.standing == BOTH


def test_a_moved_file_keeps_its_record_its_class_and_its_clock(case):
    keys = ("record", "class", "due", "class_origin")
    before = case.desk.ask("explain", case.one)[0]
    here = case.desk.share / case.name
    shutil.move(here / "one.eml", here / "moved.eml")
    (scanned,) = case.desk.scan()
    assert (scanned["moved"], scanned["new"], scanned["vanished"]) == (1, 0, 0)
    after = case.desk.ask("explain", f"files:{case.name}/moved.eml")[0]
    assert [after[key] for key in keys] == [before[key] for key in keys]
    assert case.one in case.due()


def test_a_record_that_moved_after_approval_is_kept(case):
    batch = case.desk.approved(case.one)
    here = case.desk.share / case.name
    (here / "one.eml").rename(here / "renamed.eml")
    case.desk.run("dispose", batch)
    case.desk.run("purge", batch)
    assert case.standing == {"renamed.eml", "two.eml"}


def test_a_fresh_copy_with_an_old_modified_date_is_never_destroyed(case):
    full = case.desk.file(f"{case.name}/copy.txt", b"Thornbridge District Council\nInvoice 12\n")
    os.utime(full, (1_000_000_000, 1_000_000_000))
    case.desk.scan()
    (copied,) = case.desk.classify(f"{case.name}/copy.txt")
    assert copied not in {line["record"] for line in case.desk.ask("due")}
    far = {line["record"]: line["action"] for line in case.desk.ask("due", "--as-of", "2060-01-01")}
    assert far[copied] == "review"
    case.desk.do("propose", "files", "--record", copied, "--key", "rita.pem", code=4)


def test_without_an_event_nothing_that_waits_for_one_is_due_and_an_event_reaches_its_own(case):
    code = of_trigger(case.desk, "contract_end")
    for record, reference in ((case.one, "CON/2001/001"), (case.two, "CON/2001/002")):
        case.desk.do("classify", record, code, "--reference", reference)
    assert case.desk.ask("explain", case.one)[0]["reason"] == "trigger-pending"
    assert case.due("--as-of", "2999-01-01") == set()
    (made,) = case.desk.ask(
        *("event", "add", "--reference", "CON/2001/001", "--trigger", "contract_end"),
        *("--on", "2001-06-30"),
    )
    assert made["records"] == 1
    assert case.desk.ask("explain", case.one)[0]["trigger_date"] == "2001-06-30"
    assert case.desk.ask("explain", case.two)[0]["trigger_date"] is None
    assert case.due("--as-of", "2040-01-01") == {case.one}
    case.desk.do("event", "withdraw", made["event"])
    assert case.due("--as-of", "2999-01-01") == set()


def test_a_share_that_vanished_takes_nothing_for_gone(desk):
    desk.share.rename(desk.folder / "unmounted")
    assert "its root" in desk.do("scan", code=3).err
    desk.share.mkdir()
    answer = desk.do("scan", code=3)
    assert "another folder stands under its path" in answer.err
    assert len(desk.ask("due")) == 4
    assert "another folder" in desk.do("propose", "files", "--key", "rita.pem", code=4).err


def of_trigger(desk, trigger):
    """A class that this event starts, without alternatives, that no moratorium stops."""
    moratoria = desk.ask("schedule", "moratoria")
    stopped = {code for each in moratoria if each["stands"] for code in each["classes"]}
    return next(
        line["code"]
        for line in desk.ask("schedule", "export")
        if (line["trigger"], line["alternatives"], line["action"]) == (trigger, "", "destroy")
        and line["period"]
        and line["code"] not in stopped
    )
