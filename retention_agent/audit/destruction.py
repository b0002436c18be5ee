"""Was every destroyed file covered: in a manifest that one person asked for and two approved?

* Each manifest is the one its request was signed for, by Merkle root and size.
* At the log entry that says a file was destroyed, the request and at least two approvals of
  exactly the same terms stood: logged before, by people who had their roles then and there.
  Requester and approvers are different people, and the approvers are not both the adopters of
  the schedule.
* The file went to the disposal bin before the approvals expired, was not taken out by a reviewer,
  and its batch was not rejected.
* No record was destroyed twice, in one batch or in two.

Of what was transferred the same holds, but that the approvals were used by the copy for the
archive: that came before they expired, then the archive's answer that it has the file, and only
then the move to the bin. What was signed for as a transfer is never destroyed, nor the reverse.

Standard library only, because the offline verifier carries this module.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from retention_agent.audit import merkle
from retention_agent.audit.authority import Authority, Made
from retention_agent.audit.problem import Problem, shortened
from retention_agent.audit.walk import Entry, Log

APPROVALS_NEEDED = 2

# in canonical JSON a quote within a text has a backslash
_TRANSFER, _COPY = b'"action":"transfer"', b'"final":false'
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")

_MEANING = {
    "approval-missing": "no request and two approvals stood when they were destroyed",
    "approval-late": "they were moved to the disposal bin after the approvals had expired",
    "destroyed-excluded": "a reviewer had taken them out of the batch",
    "destroyed-rejected": "the batch had been rejected",
    "destroyed-twice": "the log saw them destroyed more than once",
    "destroyed-unbinned": "the log did not see them moved to the disposal bin, or saw them return",
    "destroyed-uncovered": "the batch's manifest has no such items",
    "transfer-unconfirmed": "the log did not see them copied, then confirmed by the archive, first",
    "transfer-unasked": "what was signed for is not what was done with them",
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """How many items a batch has, and which were signed for to leave for the archive."""

    size: int
    transfers: frozenset[str]


_NONE = Manifest(0, frozenset())


def check_manifests(
    manifests: Mapping[str, Iterable[bytes]], authority: Authority, problems: list[Problem]
) -> dict[str, Manifest]:
    """Check each manifest against the request for it; returns what each is about."""
    requests = {
        subject: made
        for (purpose, subject), made in authority.made.items()
        if purpose == "request-batch"
    }
    problems += [
        Problem("manifest-missing", f"batch {batch}", "the manifest is not there")
        for batch in requests.keys() - manifests.keys()
    ]
    found = {}
    for batch, entries in manifests.items():
        edge = merkle.Edge()
        transfers = set()
        for entry in entries:
            if _TRANSFER in entry and _COPY not in entry:
                transfers.add(str(edge.size))
            edge.add(merkle.leaf_hash(entry))
        found[batch] = Manifest(edge.size, frozenset(transfers))
        problems += _against_requests(batch, edge, requests.get(batch, []))
    return found


def check_destroyed(
    log: Log, authority: Authority, manifests: Mapping[str, Manifest], problems: list[Problem]
) -> None:
    """Check that a mandate covers every file that the log saw destroyed or transferred."""
    for transferred, gone in ((False, log.destroyed), (True, log.transferred)):
        for batch, items in gone.items():
            manifest = manifests.get(batch, _NONE)
            found: dict[str, set[str]] = defaultdict(set)
            for item, entries in items.items():
                way = _transfer_of(log, batch, item) if transferred else _way_of(log, batch, item)
                for code in (
                    *_against_manifest(item, manifest, transferred),
                    *_faults(authority, (batch, item), entries, way),
                ):
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


@dataclass(frozen=True, slots=True)
class _Way:
    """What came before a file was gone."""

    used: Entry | None
    """that for which its approvals were needed"""
    binned: Entry | None
    confirmed: bool
    """nobody else had to confirm it, or had done so, in the right order"""


def _way_of(log: Log, batch: str, item: str) -> _Way:
    binned = log.binned.get(batch, {}).get(item)
    return _Way(binned, binned, confirmed=True)


def _transfer_of(log: Log, batch: str, item: str) -> _Way:
    exported = log.exports.get(batch)
    way = [exported, log.accessions.get(batch, {}).get(item), log.binned.get(batch, {}).get(item)]
    numbers = [entry.number for entry in way if entry]
    return _Way(exported, way[-1], None not in way[:2] and numbers == sorted(numbers))


def _against_manifest(item: str, manifest: Manifest, transferred: bool) -> Iterator[str]:  # noqa: FBT001
    if not _NUMBER.fullmatch(item) or int(item) >= manifest.size:
        yield "destroyed-uncovered"
    if transferred is not (item in manifest.transfers):
        yield "transfer-unasked"


def _faults(
    authority: Authority, about: tuple[str, str], entries: Sequence[Entry], way: _Way
) -> Iterator[str]:
    batch, number = about[0], entries[0].number
    if len(entries) > 1:
        yield "destroyed-twice"
    if not way.confirmed:
        yield "transfer-unconfirmed"
    expiries = list(_mandates(authority, batch, number))
    if not expiries:
        yield "approval-missing"
    elif way.binned is None:
        yield "destroyed-unbinned"
    elif way.used is not None and way.used.time > max(expiries):
        yield "approval-late"
    yield from _said_no(authority, about, number)


def _said_no(authority: Authority, about: tuple[str, str], number: int) -> Iterator[str]:
    batch, item = about
    if authority.standing("exclude-item", f"{batch}/{item}", number):
        yield "destroyed-excluded"
    if authority.standing("reject-batch", batch, number):
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
