"""One batch from the request to its destruction, with an exclusion and a restore on the way."""

from demo.shell import ask, retention, step


def dispose_of_a_batch() -> str:
    """Propose, review, approve, dispose, restore, purge; answers with the batch."""
    step("Propose: the requester signs for exactly these files")
    retention("propose", "demo", "--key", "rita.records.pem")
    batch = str(ask("status")[0]["batches"][-1]["batch"])
    step("Review: each approver is shown a random sample, and that is recorded")
    retention("review", batch, "--person", "ann.archer")
    retention("reject", batch, "--item", "3", "--reason", "wanted for the museum",
              "--key", "ann.archer.pem")  # fmt: skip
    step("Two approvals by different people, neither of them the requester")
    retention("approve", batch, "--key", "ann.archer.pem")
    retention("dispose", batch, expect=4)
    retention("review", batch, "--person", "omar.osei", shown=3)
    retention("approve", batch, "--key", "omar.osei.pem")
    step("Dispose: everything is checked again, then moved to the disposal bin")
    retention("dispose", batch)
    step("Restore: one of them is needed after all")
    shown = ask("review", batch, "--person", "omar.osei", "--all")[0]
    binned = [item for item in shown["sample"] if item["state"] == "waiting"]
    retention("restore", str(binned[0]["record"]), "--reason", "needed for an appeal")
    step("Purge: after the undo window, destroyed for good")
    retention("purge", batch)
    return batch
