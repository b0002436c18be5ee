"""Elsewhere approval could be skipped, and whoever disposed was then "audited as the approver".

Here whoever runs the disposal is nobody in particular: it goes by signatures of other people, and
no word of it names the one who ran it as one who approved.
"""

import json

import pytest

from policies import State
from retention_agent.audit import mandate
from retention_agent.disposal.certificate import Setting, issue
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.errors import Refused
from retention_agent.register import batches

SITE = Setting("Thornbridge District Council", (), 30, unsafe_undo_window=False)


@pytest.mark.parametrize("people", [(), ("ann",)])
def test_disposal_without_two_approvals_is_refused_and_approves_nothing(council, people):
    one = council.add("one.txt")
    name = council.propose(one).batch
    if people:
        council.approve(name, *people)
    force_approved(council, name)
    with pytest.raises(Refused, match="is not approved"):
        council.work(dispose, name)
    assert (council.share / "one.txt").exists()
    with council.app.engine.begin() as connection:
        found = mandate.examine(connection, batches.find(connection, name))
    assert found.approvers == people


def force_approved(council, name):
    """What skipping the approval in the register would look like."""
    with council.app.engine.begin() as connection:
        batches.set_status(connection, name, "approved")
        for table in ("batch_item", "record"):
            connection.exec_driver_sql(f"UPDATE {table} SET state = 'approved'")


def test_the_certificate_names_as_approvers_those_who_signed_and_nobody_else(council):
    name = council.approved(council.add("one.txt"))
    council.work(dispose, name)
    council.now += council.undo
    assert council.work(purge, name) == {State.DESTROYED: 1}
    with council.app.engine.begin() as connection:
        document = json.loads(issue(connection, name, SITE, council.app.service_key, council.now))
    signers = {each["statement"]["person"] for each in document["approvals"]}
    assert (document["requester"], signers) == ("rita", {"ann", "omar"})
