"""A search record as people read it: plain text, one fact a line."""

from collections.abc import Iterator, Mapping
from typing import Any

from retention_agent.shares.paths import printable


def readable(document: Mapping[str, Any]) -> str:
    """The search record in words; says nothing that the document does not hold."""
    return "\n".join(map(printable, _lines(document))) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    searcher = document["searcher"]
    who = f"{searcher['name']} ({searcher['person']})" if searcher["person"] else "not stated"
    yield f"Record of a search, {document['organisation']}"
    yield f"For request:    {document['request'] or 'not stated'}"
    yield f"Made:           {document['made']} (UTC), with {document['program']}"
    yield f"Searched by:    {who}; roles: {', '.join(searcher['roles']) or 'none'}"
    yield f"Asked as typed: {document['asked']['words'] or '(no words, a person only)'}"
    yield f"Understood as:  {document['understood']}"
    yield from _scope(document["asked"])
    yield from _person(document["person"])
    yield ""
    yield "Where it was searched"
    for each in document["shares"]:
        scan = each["last_complete_scan"] or "never: not all of it is known"
        yield f"  {each['share']}: {each['found']} found among {each['files']} files;"
        yield f"    last complete scan {scan};"
        yield (
            f"    {each['unread']} could not be read, {each['pending']} not read yet,"
            f" {each['partial']} read in part,"
            f" {each['folders_not_entered']} folders not entered"
        )
    yield ""
    yield from _found(document)
    yield ""
    yield "What such a search does not reach"
    yield from (f"  - {limit}" for limit in document["limits"])


def _scope(asked: Mapping[str, Any]) -> Iterator[str]:
    limits = (("classes", "record classes"), ("from", "dated from"), ("to", "dated to"))
    for key, words in limits:
        value = asked[key]
        if value:
            shown = ", ".join(value) if isinstance(value, list) else value
            yield f"Limited to:     {words} {shown}"


def _person(person: Mapping[str, Any] | None) -> Iterator[str]:
    if person is None:
        return
    yield ""
    yield f"Searched for the person {person['id']}, under"
    for each in person["names"]:
        yield f"  {each['kind']} {each['value']}: {'; '.join(each['searched_as'])}"


def _found(document: Mapping[str, Any]) -> Iterator[str]:
    load_list, copies, unread = document["load_list"], document["copies"], document["unread"]
    yield "What was found"
    yield f"  {document['found']} records, {document['different_files']} different files"
    yield f"  listed in {load_list['file']}, SHA-256 {load_list['sha256']}"
    if copies["asked"]:
        yield f"  {copies['copied']} copied to the folder {copies['folder']}, each compared first"
        yield from (
            f"  not copied: record {each['record']}: {each['why']}" for each in copies["not_copied"]
        )
    yield f"  {unread['files']} files in scope were not or not wholly read, listed in"
    yield f"  {unread['file']}; any of them may hold more of what was asked for"
    yield f"  {_withheld(document['withheld'])}"


def _withheld(withheld: Mapping[str, Any]) -> str:
    if not withheld["closed_parts"]:
        return "Nothing is closed to this searcher."
    if withheld["records"] is None:
        return "Parts of the shares are closed to this searcher and were left out."
    return f"{withheld['records']} more records were found in parts closed to this searcher."
