"""The files about a bag that lie beside its payload, under `metadata/`.

    premis.xml             what happened to each file, as PREMIS 3 has it
    records.csv            each record: where it was, its class, dates, owner, references
    names.csv              the bytes of each name that had to be written another way
    schedule.csv           the classes: title, scope, rule, authority and version of each
    approval/              who asked, who agreed: signed statements, the manifest, log entries

Tables are CSV (RFC 4180) in UTF-8; no cell of them is a formula.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote_from_bytes

from policies import tabular
from retention_agent.audit import statement
from retention_agent.disposal import preflight
from retention_agent.disposal.bag import Written, add
from retention_agent.disposal.bag_names import PAYLOAD
from retention_agent.disposal.dossier import Copy, Dossier
from retention_agent.disposal.premis import premis
from retention_agent.sheets import to_csv

RECORD_COLUMNS = (
    "record", "item", "bag_path", "path", "path_b64", "class", "class_origin", "title", "owner",
    "group", "size", "modified", "sha256", "media_type", "puid", "trigger", "trigger_date",
    "trigger_origin", "due", "dates", "references", "first_seen", "attributes",
)  # fmt: skip
NAME_COLUMNS = ("bag_path", "path_percent_encoded", "path_b64")


def write(folder: Path, dossier: Dossier) -> list[Written]:
    """Write all of them into the bag; raises as `bag.add`."""
    return [add(folder, f"metadata/{path}", [content]) for path, content in _files(dossier)]


def info(dossier: Dossier) -> dict[str, str]:
    """The lines of `bag-info.txt`, without the payload's sum."""
    requester = dossier.people[dossier.batch["requester"]]
    name, count = dossier.batch["id"], len(dossier.copies)
    described = ", ".join(f"{rule.code} {rule.title}" for rule in dossier.rules)
    return {
        "Source-Organization": dossier.source.organisation,
        "Contact-Name": requester.name,
        "External-Description": dossier.source.description or f"{count} records of {described}",
        "External-Identifier": name,
        "Internal-Sender-Identifier": name,
        "Internal-Sender-Description": f"Batch {name} of share {dossier.batch['share_name']},"
        f" {count} records, manifest root {dossier.batch['root']}",
        "Bagging-Date": dossier.made[:10],
        "Bag-Software-Agent": dossier.source.software,
    }


def _files(dossier: Dossier) -> Iterator[tuple[str, bytes]]:
    yield "premis.xml", premis(dossier)
    rows = [RECORD_COLUMNS, *(_record(copy) for copy in dossier.copies)]
    yield "records.csv", to_csv(rows).encode()
    changed = [_name(copy) for copy in dossier.copies if _is_changed(copy)]
    yield "names.csv", to_csv([NAME_COLUMNS, *changed]).encode()
    used = replace(dossier.schedule, rules={rule.code: rule for rule in dossier.rules})
    yield "schedule.csv", to_csv(tabular.to_rows(used)).encode()
    for number, signed in enumerate(dossier.statements):
        purpose = statement.read(signed).purpose
        yield f"approval/{number:02}-{purpose}.json", _json(signed.document())
    yield "approval/manifest.jsonl", "".join(f"{each}\n" for each in dossier.manifest).encode()
    yield "approval/log.json", _json(dossier.log)


def _record(copy: Copy) -> list[object]:
    row, entry = copy.row, copy.entry
    dates = [f"{each['kind']} {each['on']} ({each['origin']})" for each in row["dates"] or ()]
    written = {"bag_path": copy.written.path, "item": copy.item.number}
    found = {**row, **entry, **written}
    found["modified"] = datetime.fromtimestamp(row["mtime_ns"] / 1e9, UTC).isoformat()
    found["dates"] = "; ".join(dates)
    found["references"] = "; ".join(copy.references)
    found["group"] = row["owner_group"]
    found["attributes"] = json.dumps(copy.attributes, sort_keys=True)
    return [found[column] for column in RECORD_COLUMNS]


def _is_changed(copy: Copy) -> bool:
    return copy.written.path.encode() != PAYLOAD.encode() + b"/" + _raw(copy)


def _name(copy: Copy) -> list[object]:
    raw = _raw(copy)
    return [copy.written.path, quote_from_bytes(raw), copy.entry["path_b64"]]


def _raw(copy: Copy) -> bytes:
    return preflight.raw_path(copy.entry)


def _json(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"
