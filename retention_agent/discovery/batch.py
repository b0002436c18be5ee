"""A list of terms and names, each searched for; a bad row is told apart and the rest still run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from indexer.search.query import Kind, Node, Or, QueryError, Term
from retention_agent.discovery.answer import Desk, facets, ready
from retention_agent.discovery.names import variants
from retention_agent.discovery.question import Question, Scope, understood
from retention_agent.errors import RetentionError, UsageError
from retention_agent.sheets import Rows

COLUMNS = ("term", "name")
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row of a list: words in the query language, a person's name, or both."""

    row: int
    """as a spreadsheet numbers it: the heading is row 1"""
    term: str
    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """What one row came to; without hits where it has an error."""

    wanted: Wanted
    understood: str = ""
    hits: int | None = None
    by_share: Mapping[str, int] = field(default_factory=dict)
    error: str = ""


def read_terms(rows: Rows) -> list[Wanted]:
    """The rows of a list that say something.

    Raises:
        UsageError: no column is called `term` or `name`, nothing stands in them, or too much.
    """
    heading = [cell.strip().casefold() for cell in rows[0]] if rows else []
    places = {name: heading.index(name) for name in COLUMNS if name in heading}
    if not places:
        raise UsageError(
            "the first row must name the columns: term, name, or both",
            "A term is a query as for `retention find`; a name is searched in all its ways of "
            "writing.",
        )
    found = []
    for number, row in enumerate(rows[1:], 2):
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
        if any(cells.values()):
            found.append(Wanted(number, cells.get("term", ""), cells.get("name", "")))
    if not 1 <= len(found) <= MOST_ROWS:
        raise UsageError(
            f"the list has {len(found)} rows with a term or name, not 1 to {MOST_ROWS}"
        )
    return found


def run(desk: Desk, wanted: Sequence[Wanted], scope: Scope) -> Iterator[Result]:
    """Search for each row within the scope, trimmed to what the searcher may see."""
    for each in wanted:
        try:
            asked = ready(desk, Question(each.term, None, scope), _phrases(each.name))
            shares = facets(desk, asked)["share"]
        except QueryError as error:
            yield Result(each, error=str(error))
        except RetentionError as error:
            yield Result(each, error=" ".join((str(error), *error.diagnosis)))
        else:
            by_share = {count.value: count.hits for count in shares}
            yield Result(each, understood(asked.query), sum(by_share.values()), by_share)


def _phrases(name: str) -> Node | None:
    if not name:
        return None
    if not any(map(str.isalnum, name)):
        raise QueryError(0, f'"{name}" has no letter', "write a name as Jane Smith or Smith, Jane")
    return Or(tuple(Term(phrase, None, Kind.PHRASE) for phrase in variants(name)))
