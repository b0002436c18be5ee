"""One batch from the request to its destruction, with answers and a restore on the way."""

from demo.shell import ask, retention, step


def dispose_of_a_batch() -> str:
    """Propose, review, answer, dispose, restore, purge; answers with the batch."""
    batch = propose("destroy")
    step("Who has to do what? The same goes out by mail, each matter once")
    retention("notify")
    step("Review: each approver is shown a random sample, and that is recorded")
    retention("review", batch, "--person", "ann.archer", shown=16)
    step("Answers: by folder and by item; the nearest counts, and what keeps is final at once")
    folder, item = _folder_and_item(batch)
    retention("answer", batch, "extend", "--folder", folder, "--until", "2028-03-31",
              "--reason", "an audit is going on", "--key", "ann.archer.pem")  # fmt: skip
    retention("answer", batch, "exclude", "--item", item, "--reason", "wanted for the museum",
              "--key", "ann.archer.pem")  # fmt: skip
    step("Two approvals by different people, neither of them the requester")
    retention("approve", batch, "--key", "ann.archer.pem")
    retention("dispose", batch, expect=4)
    retention("review", batch, "--person", "omar.osei", shown=3)
    retention("approve", batch, "--key", "omar.osei.pem")
    retention("review", batch, "--list", shown=12)
    step("Dispose: everything is checked again, then moved to the disposal bin")
    retention("dispose", batch)
    step("Restore: one of them is needed after all")
    shown = ask("review", batch, "--person", "omar.osei", "--all")[0]
    binned = [item for item in shown["sample"] if item["state"] == "waiting"]
    retention("restore", str(binned[0]["record"]), "--reason", "needed for an appeal")
    step("Purge: after the undo window, destroyed for good")
    retention("purge", batch)
    return batch


def propose(action: str) -> str:
    """Have the requester sign for what is due; answers with the batch."""
    step(f"Propose ({action}): the requester signs for exactly these files")
    # what may go in 24 hours is limited to 50 files here; this leaves room for the archive
    retention("propose", "demo", "--action", action, "--limit", "40",
              "--key", "rita.records.pem")  # fmt: skip
    return str(ask("status")[0]["batches"][-1]["batch"])


def _folder_and_item(batch: str) -> tuple[str, str]:
    """A folder of the batch, and an item outside it."""
    items = ask("review", batch, "--person", "ann.archer", "--all")[0]["sample"]
    folder = str(items[5]["path"]).rpartition("/")[0]
    outside = next(each for each in items[3:] if not str(each["path"]).startswith(f"{folder}/"))
    return folder, str(outside["item"])
