"""What a template's text becomes before it is written: blocks, and the dates it will carry.

Light marks at the start of a line: `# ` a title, `## ` a heading, `| ` a table row, `- ` a bullet;
anything else is a paragraph and an empty line is a gap.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a page; `kind` is title, heading, bullet, table, gap or text."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One document ready for a writer. Without `created` it carries no date of its own."""

    body: str
    author: str
    created: datetime | None
    modified: datetime | None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The body as blocks, neighbouring table rows joined to one table."""
        return blocks_of(self.body)

    @property
    def title(self) -> str:
        """The first title, or else the first line that says anything."""
        blocks = [block for block in self.blocks if block.text]
        titles = [block for block in blocks if block.kind == "title"]
        return (titles or blocks)[0].text


MARKS = (("## ", "heading"), ("# ", "title"), ("- ", "bullet"))


def blocks_of(body: str) -> tuple[Block, ...]:
    """Read the marks."""
    blocks: list[Block] = []
    for line in body.split("\n"):
        block = _block(line)
        if block.kind == "table" and blocks and blocks[-1].kind == "table":
            block = Block("table", rows=blocks.pop().rows + block.rows)
        blocks.append(block)
    return tuple(blocks)


def _block(line: str) -> Block:
    if line.startswith("|"):
        cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
        return Block("table", rows=(cells,))
    for mark, kind in MARKS:
        if line.startswith(mark):
            return Block(kind, line[len(mark) :].strip())
    return Block("text", line) if line.strip() else Block("gap")


def plain_text(page: Page) -> str:
    """The page as bare text, table cells apart by tabs."""
    lines: list[str] = []
    for block in page.blocks:
        if block.kind == "table":
            lines.extend("\t".join(row) for row in block.rows)
        else:
            lines.append(f"* {block.text}" if block.kind == "bullet" else block.text)
    return "\n".join(lines) + "\n"
