"""The manifest of a batch: exactly which files, under which rule, on what evidence.

People sign its Merkle root (RFC 6962 tree over the canonical JSON of each entry), so an approval
covers these bytes of these files and nothing else.
"""

import base64
from collections.abc import Iterable

import sqlalchemy as sa

from policies import Decision, Rule
from retention_agent.audit import canonical, merkle
from retention_agent.register import records
from retention_agent.shares.paths import display


def entry(row: sa.RowMapping, decision: Decision, rule: Rule) -> str:
    """The canonical manifest entry of one record."""
    triggered = decision.triggered
    content = {
        "record": row["id"],
        "share": row["share_name"],
        "path": display(row["path"]),
        "path_b64": base64.b64encode(row["path"]).decode(),
        "device": str(row["device"]),  # may exceed what JSON numbers carry exactly
        "inode": str(row["inode"]),
        "size": row["size"],
        "links": row["links"],
        "sha256": row["sha256"],
        "class": row["record_class"],
        "class_origin": row["class_origin"],
        "action": str(decision.action),
        "disposition": decision.disposition and str(decision.disposition),
        "due": decision.due and decision.due.isoformat(),
        "reason": str(decision.reason),
        "rule": rule.digest(),
        "authority": rule.authority.citation,
        "trigger": decision.trigger,
        "trigger_date": triggered and triggered.on.isoformat(),
        "trigger_origin": triggered and triggered.origin,
    }
    if not decision.final:  # it is copied for the archive or reviewed, and stays for what follows
        content |= {"final": False, "phase": decision.phase}
    if (why := records.declined(row)) is not None:
        content["declined"] = why  # who reviews it reads the archive's reason
    return canonical.dumps(content).decode()


def root(entries: Iterable[str]) -> str:
    """The Merkle root of the manifest, in hexadecimal."""
    return merkle.root([merkle.leaf_hash(each.encode()) for each in entries]).hex()
