"""What `retention trace` found, in words and as one document."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from retention_agent.bootstrap import App
from retention_agent.cli.session import local_time
from retention_agent.config import Config
from retention_agent.disposal.not_held import Answer, Regime, Verdict
from retention_agent.disposal.trace import Finding, InBatch, Signature, Standing
from retention_agent.register.coverage import Coverage
from retention_agent.register.lookup import Match
from retention_agent.shares.paths import as_json

_SAID = {
    Verdict.ALARM: "",
    Verdict.HELD: 'It is held: "not held" would be untrue, and nothing was drafted. To keep it'
    " from destruction until the request is answered: retention hold place",
    Verdict.UNPROVEN: "Nothing was drafted: there is no proof of what became of it.",
    Verdict.UNEXPLAINED: "Nothing was drafted: something that matches vanished or was changed, and"
    " this program did not do it. Look for it, and ask who did.",
    Verdict.TRANSFERRED: "Nothing was drafted: it was not destroyed but handed to the archive,"
    " which may hold it for the council. Ask there.",
    Verdict.NOT_HELD: "",
    Verdict.NEVER_SEEN: "Nothing was drafted: that it was never seen here does not show that the"
    " council does not hold it. Mail, paper and other systems are not in this register.",
}


def document(
    sought: str, findings: Sequence[Finding], said: Answer | None, notes: Sequence[str]
) -> dict[str, object]:
    """The whole answer as one value for JSON."""
    return {
        "sought": sought,
        "findings": [_as_value(one) for one in findings],
        "notes": list(notes),
        "verdict": said and str(said.verdict),
        "draft": (said and said.draft) or None,
        "alarms": [
            {"record": one.record, "why": why} for one, why in (said.alarms if said else ())
        ],
    }


def _as_value(one: Finding) -> dict[str, object]:
    value = asdict(one) | {"match": str(one.match), "standing": str(one.standing)}
    del value["path"]
    return {**value, **as_json(one.path)}


def lines(
    sought: str,
    findings: Sequence[Finding],
    said: Answer | None,
    notes: Sequence[str],
    app: App,
) -> list[str]:
    """What was found, what to bear in mind, and what can be said to the requester."""
    found = [line for one in findings for line in (*_finding(one, app), "")]
    if not findings:
        found = [f"{sought}: never seen on any share.", ""]
    answered = said and (said.draft or _SAID[said.verdict])
    return [*found, *notes, *(["", *answered.split("\n")] if answered else [])]


def _finding(one: Finding, app: App) -> Iterator[str]:
    how = f"the same content as record {one.copy_of}" if one.copy_of else f"found by {one.match}"
    yield f"Record {one.record}, {one.share}:{as_json(one.path)['path']} ({how})"
    yield f"  {_standing(one, app)}"
    if one.in_batch and one.standing in {Standing.DESTROYED, Standing.TRANSFERRED}:
        yield from (f"  {line}" for line in _ending(one.in_batch, app))
    elif one.in_batch:
        yield f"  Batch {one.in_batch.batch}, item {one.in_batch.item}: {one.in_batch.state}."
        yield f"  {_people(one.in_batch, app)}"


def _standing(one: Finding, app: App) -> str:
    since, scan = local_time(one.since, app), local_time(one.last_scan, app)
    at = local_time(one.in_batch.at if one.in_batch else None, app)
    until = f" It can be restored until {local_time(one.until, app)} at least." if one.until else ""
    return {
        Standing.HELD: f"STILL HELD at that place, as of the scan of {scan or 'no complete scan'}.",
        Standing.IN_BIN: f"IN THE DISPOSAL BIN, not destroyed yet.{until}",
        Standing.DESTROYED: f"DESTROYED on {at}.",
        Standing.TRANSFERRED: f"TRANSFERRED to the archive on {at}.",
        Standing.VANISHED: f"VANISHED, not by this program: missing since the scan of {since}.",
        Standing.CHANGED: f"CHANGED, not by this program: other content by the scan of {since}.",
    }[one.standing]


def _ending(batch: InBatch, app: App) -> Iterator[str]:
    entry = batch.manifest
    title, kept = (f" ({batch.title})" if batch.title else ""), batch.kept or "as in the schedule"
    yield f"Rule: class {entry['class']}{title}, kept for {kept}. Authority: {entry['authority']}."
    yield (
        f"Counted from {entry['trigger_date']} ({entry['trigger']}, {entry['trigger_origin']});"
        f" due {entry['due']}."
    )
    yield _people(batch, app)
    issued = f"certificate {batch.certificate}" if batch.certificate else "no certificate issued"
    yield f"Batch {batch.batch}, item {batch.item}; {issued}."
    if batch.accession:
        yield f"Accession {batch.accession}."
    proof = "the proof holds" if batch.proven else "THE PROOF DOES NOT HOLD: retention verify"
    yield f"Log entry {batch.leaf}: {proof}."


def _people(batch: InBatch, app: App) -> str:
    requested = _names(batch.requested, app) or "nobody"
    return f"Asked for by {requested}; approved by {_names(batch.approved, app) or 'nobody'}."


def _names(signed: Sequence[Signature], app: App) -> str:
    return " and ".join(f"{each.person} ({local_time(each.signed, app)})" for each in signed)


def cautions(
    findings: Sequence[Finding], scope: Coverage, unseen: Sequence[str], config: Config
) -> list[str]:
    """What whoever reads the findings must bear in mind; `unseen` are shares not wholly scanned."""
    notes = []
    if any(one.match in {Match.NAME, Match.EARLIER_NAME} for one in findings):
        notes.append("A name is no proof: another file may have had it, and it another name.")
    if scope.unreadable or scope.pending or scope.folders_not_entered:
        notes.append(f"{scope.sentence()} A copy among them would not be found by its content.")
    notes += [f"No scan of share {name} ever saw everything on it." for name in unseen]
    known = {copy for share in config.shares for copy in share.known_copies}
    notes += [f"May still hold it: {copy}" for copy in sorted(known)]
    return notes


def alarm_advice(alarms: Sequence[tuple[Finding, str]], regime: Regime, app: App) -> list[str]:
    """What happened, by whose word, and what to do now."""
    advice = []
    for one, why in alarms:
        advice.append(f"{one.share}:{as_json(one.path)['path']} (record {one.record}): {why}.")
        advice.append(f"  {_standing(one, app)}")
        if one.in_batch:
            advice.append(f"  Batch {one.in_batch.batch}. {_people(one.in_batch, app)}")
    binned = [one for one, _ in alarms if one.standing is Standing.IN_BIN]
    back = [f"retention restore {one.record} --reason REQUEST" for one in binned]
    return [
        *advice,
        f"Destroying it to keep it from being disclosed is an offence: {regime.offence}.",
        "Whether that was meant is not for this program to say.",
        "1. Run no dispose and no purge, not by the clock either. Hold it: retention hold place",
        *(f"   Bring it back while it can be: {command}" for command in back),
        "2. Tell the monitoring officer today, and keep this output.",
        "3. Keep the evidence: retention log export FOLDER",
    ]
