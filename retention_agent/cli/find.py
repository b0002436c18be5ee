"""`retention find`: search the captured records."""

import click

from retention_agent.cli.asking import (
    as_option,
    desk,
    facets_document,
    put,
    question_options,
    scope_document,
    show_facets,
    show_hits,
    show_total,
)
from retention_agent.cli.output import emit
from retention_agent.cli.session import Session, with_session
from retention_agent.discovery import answer
from retention_agent.discovery.question import Question


@click.command("find")
@question_options
@as_option
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--facets", is_flag=True, help="Count all hits by share, folder, class and so on.")
@with_session
def command(
    session: Session, question: Question, person: str | None, limit: int, *, facets: bool
) -> None:
    """Find records: words, "phrases", AND OR NOT, prefix*, field:value.

    Fields: title, text, path, name, author, from, to, owner; class, share, type, folder; since and
    until with a year, month or day.

    Examples: retention find budget forecast; retention find 'class:FIN-012 AND invoice*';
    retention find 'folder:cases since:2019' --facets; retention find --person sar-14 --as ivy
    """
    app = session.open()
    with desk(app, person) as at:
        asked = put(app, at, question)
        scope = answer.reach(at, asked)
        if facets:
            counts = answer.facets(at, asked)
            total = sum(each.hits for each in counts["share"])
            if session.as_json:
                emit({"found": total, **facets_document(counts), **scope_document(scope)})
            else:
                show_facets(counts)
            show_total(at, total, scope)
            return
        found, total = answer.hits(at, asked, limit)
        show_hits(at, found, scope, as_json_lines=session.as_json)
        show_total(at, total, scope, f"{len(found)} shown")
