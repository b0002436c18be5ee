"""Every page keeps to the rules of the documents: links, words, changelog, decision records."""

import re
from pathlib import Path

import pytest

LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
ADR = re.compile(r"(\d{4})-[a-z0-9-]+\.md")
ADR_PARTS = ("## Context", "## Options", "## Decision", "## Consequences")
# words about how something was made, and folders of the machine it was made on
UNWANTED = re.compile(
    r"\b(sessions?|issue #|github issue|chatbot|language model|work/main|work/shared)\b"
    r"|/tmp/|/home/",
    re.IGNORECASE,
)
AMERICAN = re.compile(
    r"\b\w*(organiz|recogniz|normaliz|sanitiz|authoriz|analyz|behavior|color|catalog\b)\w*"
)


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {heading.strip().replace(" ", "-") for heading in plain}


def test_every_link_inside_the_project_leads_somewhere(documents) -> None:
    broken = []
    for page in documents:
        for link in LINK.finditer(FENCED.sub("", page.text)):
            target, _, anchor = link["target"].partition("#")
            if "://" in target or target.startswith("mailto:"):
                continue
            path = (page.path.parent / target).resolve() if target else page.path
            there = path.exists()
            if there and anchor:
                there = anchor in anchors(path.read_text(encoding="utf-8"))
            if not there:
                broken.append(f"{page.name}: {link['target']}")
    assert broken == []


def test_every_page_can_be_reached_from_the_readme(documents, home: Path) -> None:
    links = {
        page.path: {
            (page.path.parent / link["target"].partition("#")[0]).resolve()
            for link in LINK.finditer(page.text)
        }
        for page in documents
    }
    reached, waiting = set(), [home / "README.md"]
    while waiting:
        here = waiting.pop()
        if here not in reached and here in links:
            reached.add(here)
            waiting += links[here]
    assert [page.name for page in documents if page.path not in reached] == []


def test_a_page_begins_with_its_one_title(documents) -> None:
    for page in documents:
        outside = FENCED.sub("", page.text)
        assert page.text.startswith("# "), page.name
        assert len(re.findall(r"^# ", outside, re.MULTILINE)) == 1, page.name


def test_the_documents_speak_of_the_project_only(documents) -> None:
    found = [f"{p.name}: {m.group()}" for p in documents for m in UNWANTED.finditer(p.text)]
    assert found == []


def test_the_documents_are_in_british_english(documents) -> None:
    found = [
        f"{page.name}: {word.group()}"
        for page in documents
        for word in AMERICAN.finditer(re.sub(r"`[^`\n]*`", "", FENCED.sub("", page.text)))
    ]
    assert found == []


def test_the_changelog_has_the_unreleased_changes_on_top(home: Path) -> None:
    text = (home / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert sections[0] == "[Unreleased]"
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    attributes = (home / ".gitattributes").read_text(encoding="utf-8")
    assert "CHANGELOG.md merge=union" in attributes


def test_decision_records_are_numbered_without_a_gap_and_listed(home: Path) -> None:
    folder = home / "docs" / "adr"
    names = sorted(path.name for path in folder.iterdir() if ADR.fullmatch(path.name))
    numbers = [int(name[:4]) for name in names if not name.startswith("0000")]
    assert numbers == list(range(1, len(numbers) + 1))
    index = (folder / "README.md").read_text(encoding="utf-8")
    listed = [target for target in LINK.findall(index) if ADR.fullmatch(target)]
    assert [name for name in listed if not name.startswith("0000")] == names[-len(numbers) :]


def test_a_decision_record_has_the_parts_of_the_template(home: Path) -> None:
    for path in sorted((home / "docs" / "adr").glob("[0-9]*.md")):
        text = path.read_text(encoding="utf-8")
        title = HEADING.search(text)
        assert title, path.name
        assert title[1].startswith(f"{path.name[:4]} "), path.name
        positions = [text.find(f"\n{part}\n") for part in ADR_PARTS]
        assert -1 not in positions, path.name
        assert positions == sorted(positions), path.name
        assert re.search(r"^Status: (proposed|accepted|superseded by \d{4})", text, re.MULTILINE)
        assert len(re.findall(r"^- \*\*", text, re.MULTILINE)) >= 2, f"{path.name}: two options"


def test_the_architecture_page_stays_short(home: Path) -> None:
    assert len((home / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 200


@pytest.mark.parametrize("package", ["policies", "classifiers", "indexer", "retention_agent"])
def test_the_architecture_page_names_every_package(home: Path, package: str) -> None:
    text = (home / "ARCHITECTURE.md").read_text(encoding="utf-8")
    inner = [p.parent.name for p in (home / package).glob("*/__init__.py")]
    assert [name for name in (package, *inner) if f"`{name}/`" not in text] == []
