"""Elsewhere a scope left empty meant everything, of a hold as of a deletion.

Here an empty scope is a mistake, and so is a query that asks for nothing.
"""

import pytest

from policies import HoldScope

PLACE = ("hold", "place", "x", "--title", "t", "--authority", "FOI 1", "--reason", "r")
NEXT = ("--review-by", "2999-01-01")


@pytest.mark.parametrize(
    "scope",
    [
        {},
        {"paths": ()},
        {"query": ""},
        {"query": " "},
        {"classes": frozenset({""})},
        {"references": frozenset({" "})},
        {"fields": {"author": ""}},
        {"fields": {" ": "x"}},
        {"paths": (("", b""),)},
    ],
)
def test_an_empty_scope_cannot_be_made(scope):
    with pytest.raises(ValueError, match="scope of a hold"):
        HoldScope(**scope)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "the scope of a hold is empty"),
        (["--query", ""], "blank"),
        (["--query", "  "], "blank"),
        (["--query", "*"], "no letter or digit"),
        (["--query", "NOT draft"], "it would hold everything"),
        (["--query", "draft OR NOT draft"], "it would hold everything"),
        (["--query", "(bridge"], "never closed"),
        (["--query", "colour:red"], "there is no field"),
        (["--path", ""], "SHARE:PATH"),
        (["--share", ""], "blank"),
        (["--share", "nowhere"], "nowhere"),
    ],
)
@pytest.mark.parametrize("looking", [(), ("--dry-run",)])
def test_the_command_refuses_it_and_says_why(office, given, said, looking):
    before = office.ask("hold", "list")
    answer = office.do(*PLACE, *NEXT, *given, *looking, code=2)
    assert said in answer.err
    assert office.ask("hold", "list") == before


def test_what_holds_everything_is_said_in_as_many_words(office):
    answer = office.do(*PLACE, *NEXT, "--query", "NOT draft", code=2)
    assert "--share NAME" in answer.err
