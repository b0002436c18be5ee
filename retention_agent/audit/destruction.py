"""Was every destroyed file covered: in a manifest that one person asked for and two approved?

* Each manifest is the one its request was signed for, by Merkle root and size.
* At the log entry that says a file was destroyed, the request and at least two approvals of
  exactly the same terms stood: logged before, by people who had their roles then and there.
  Requester and approvers are different people, and the approvers are not both the adopters of
  the schedule.
* The file went to the disposal bin before the approvals expired, was not taken out by a reviewer,
  and its batch was not rejected.
* No record was destroyed twice, in one batch or in two.

Standard library only, because the offline verifier carries this module.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from retention_agent.audit import merkle
from retention_agent.audit.authority import Authority, Made
from retention_agent.audit.problem import Problem, shortened
from retention_agent.audit.walk import Entry, Log

APPROVALS_NEEDED = 2

_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")

_MEANING = {
    "approval-missing": "no request and two approvals stood when they were destroyed",
    "approval-late": "they were moved to the disposal bin after the approvals had expired",
    "destroyed-excluded": "a reviewer had taken them out of the batch",
    "destroyed-rejected": "the batch had been rejected",
    "destroyed-twice": "the log saw them destroyed more than once",
    "destroyed-unbinned": "the log did not see them moved to the disposal bin, or saw them return",
    "destroyed-uncovered": "the batch's manifest has no such items",
}


def check_manifests(
    manifests: Mapping[str, Iterable[bytes]], authority: Authority, problems: list[Problem]
) -> dict[str, int]:
    """Check each manifest against the request for it; returns how many items each has."""
    requests = {
        subject: made
        for (purpose, subject), made in authority.made.items()
        if purpose == "request-batch"
    }
    problems += [
        Problem("manifest-missing", f"batch {batch}", "the manifest is not there")
        for batch in requests.keys() - manifests.keys()
    ]
    sizes = {}
    for batch, entries in manifests.items():
        edge = merkle.Edge()
        for entry in entries:
            edge.add(merkle.leaf_hash(entry))
        sizes[batch] = edge.size
        problems += _against_requests(batch, edge, requests.get(batch, []))
    return sizes


def check_destroyed(
    log: Log, authority: Authority, sizes: Mapping[str, int], problems: list[Problem]
) -> None:
    """Check that a mandate covers every file that the log saw destroyed."""
    for batch, items in log.destroyed.items():
        found: dict[str, set[str]] = defaultdict(set)
        for item, entries in items.items():
            if not _NUMBER.fullmatch(item) or int(item) >= sizes.get(batch, 0):
                found["destroyed-uncovered"].add(item)
            if len(entries) > 1:
                found["destroyed-twice"].add(item)
            binned = log.binned.get(batch, {}).get(item, "")
            for code in _faults(authority, batch, item, entries[0], binned):
                found[code].add(item)
        for code, which in found.items():
            where = f"batch {batch or '(none)'}, items {_listed(which)}"
            problems.append(Problem(code, where, _MEANING[code]))
    problems += [
        Problem("destroyed-twice", f"record {record}", f"as {', '.join(sorted(which))}")
        for record, which in log.records.items()
        if len(which) > 1
    ]


def approvers(request: Made, approvals: Iterable[Made]) -> set[str]:
    """The people who approved exactly what was asked for, without the one who asked."""
    asked = request.statement
    agreed = {
        made.statement.person for made in approvals if made.statement.content == asked.content
    }
    return agreed - {asked.person}


def _against_requests(batch: str, edge: merkle.Edge, requests: list[Made]) -> Iterator[Problem]:
    where = f"manifest of batch {batch}"
    if not requests:
        yield Problem("manifest-unsigned", where, "nobody asked for its disposal")
    for made in requests:
        content = made.statement.content
        if (content.get("root"), content.get("size")) != (edge.root().hex(), edge.size):
            yield Problem("manifest-differs", where, "not what its request was signed for")


def _faults(
    authority: Authority, batch: str, item: str, entry: Entry, binned: str
) -> Iterator[str]:
    expiries = list(_mandates(authority, batch, entry.number))
    if not expiries:
        yield "approval-missing"
    elif not binned:
        yield "destroyed-unbinned"
    elif binned > max(expiries):
        yield "approval-late"
    if authority.standing("exclude-item", f"{batch}/{item}", entry.number):
        yield "destroyed-excluded"
    if authority.standing("reject-batch", batch, entry.number):
        yield "destroyed-rejected"


def _mandates(authority: Authority, batch: str, number: int) -> Iterator[str]:
    """When each mandate that stood at entry `number` expires: a request with its approvals."""
    requests = authority.standing("request-batch", batch, number)
    approvals = authority.standing("approve-batch", batch, number)
    requesters = {made.statement.person for made in requests}
    for request in requests:
        approved = approvers(request, approvals) - requesters
        if len(approved) >= APPROVALS_NEEDED and approved - authority.adopters(number):
            yield str(request.statement.content.get("expires", ""))


def _listed(items: Iterable[str]) -> str:
    named = set(items)
    numbers = {one for one in named if _NUMBER.fullmatch(one)}
    return ", ".join([*sorted(named - numbers), shortened(map(int, numbers))]).strip(", ")
