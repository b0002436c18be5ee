import pytest

from classifiers.cue_file import CueFile


def problems(document: object, *known: str) -> dict[str, str]:
    found: dict[str, str] = {}
    reader = CueFile("own.toml", frozenset(known or ("A-1",)), found)
    content = reader.file(document)
    list(reader.rows(content))
    list(reader.vetoes(content))
    list(reader.listed("received", content))
    list(reader.listed("internal", content))
    return found


def rows(*rows_of_a_class: object) -> dict[str, object]:
    return {"version": 1, "classes": {"A-1": list(rows_of_a_class)}}


ROW = {"where": "heading", "pattern": "invoice"}


def test_a_row_takes_field_kind_and_weight_from_its_place() -> None:
    (cue,) = CueFile("own.toml", frozenset(("A-1",)), {}).rows(rows(ROW))
    assert (cue.field, cue.kind, cue.weight) == ("content", "heading", 6.0)


def test_a_row_may_state_its_own_kind_and_weight() -> None:
    row = {"where": "line", "pattern": "x", "kind": "statutory", "weight": -2, "field": "content"}
    (cue,) = CueFile("own.toml", frozenset(("A-1",)), {}).rows(rows(row))
    assert (cue.kind, cue.weight) == ("statutory", -2.0)


def test_a_sound_file_has_no_problems() -> None:
    sound = {
        **rows(ROW),
        "received": ["A-1"],
        "internal": ["A-1"],
        "veto": [{"reason": "draft", "where": "name", "pattern": "draft"}],
    }
    assert problems(sound) == {}


@pytest.mark.parametrize(
    ("document", "place", "words"),
    [
        ({}, "own.toml: version", "must be 1"),
        ({"version": 1, "clases": {}}, "own.toml: clases", "did you mean 'classes'?"),
        ({"version": 1, "unknown_classes": "x"}, "own.toml: unknown_classes", "refuse"),
        ({"version": 1, "classes": {"A-2": []}}, "own.toml: classes.A-2", "did you mean 'A-1'?"),
        ({"version": 1, "classes": {"A-1": {}}}, "own.toml: classes.A-1", "list of rows"),
        (rows("x"), "own.toml: classes.A-1[0]", "must be a table"),
        (rows({**ROW, "where": "headin"}), "own.toml: classes.A-1[0].where", "'heading'?"),
        (rows({"pattern": "x"}), "own.toml: classes.A-1[0].where", "must be one of"),
        (rows({**ROW, "pattern": "("}), "own.toml: classes.A-1[0].pattern", "RE2"),
        (rows({**ROW, "pattern": 7}), "own.toml: classes.A-1[0].pattern", "must be a text"),
        (rows({**ROW, "field": "name"}), "own.toml: classes.A-1[0].field", "'content'"),
        (rows({**ROW, "kind": "tittle"}), "own.toml: classes.A-1[0].kind", "did you mean"),
        (rows({**ROW, "weight": 0}), "own.toml: classes.A-1[0].weight", "not zero"),
        (rows({**ROW, "weight": 21}), "own.toml: classes.A-1[0].weight", "up to 20"),
        (rows({**ROW, "weight": True}), "own.toml: classes.A-1[0].weight", "number"),
        (rows({**ROW, "weight": "6"}), "own.toml: classes.A-1[0].weight", "number"),
        (rows({**ROW, "wait": 6}), "own.toml: classes.A-1[0].wait", "did you mean 'weight'?"),
        ({"version": 1, "received": "A-1"}, "own.toml: received", "list of classes"),
        ({"version": 1, "internal": ["B"]}, "own.toml: internal[0]", "not a class"),
        ({"version": 1, "veto": {}}, "own.toml: veto", "list of rows"),
        (
            {"version": 1, "veto": [{"reason": "drft", "where": "name", "pattern": "x"}]},
            "own.toml: veto[0].reason",
            "did you mean 'draft'?",
        ),
    ],
)
def test_each_mistake_is_named_by_its_place(document: object, place: str, words: str) -> None:
    found = problems(document)
    assert list(found) == [place]
    assert words in found[place]


def test_a_file_that_is_no_table_says_so() -> None:
    assert problems([])["own.toml"] == "must be a table"


def test_every_mistake_is_found_at_once() -> None:
    assert len(problems({"version": 2, "classes": {"A-2": [{}]}, "received": 5})) == 5


def test_an_unknown_class_may_compete() -> None:
    document = {"version": 1, "unknown_classes": "compete", "classes": {"poster": [ROW]}}
    assert problems(document) == {}
