"""Snippets: FTS5 marks matches with two private-use characters, which become offsets here.

`plain` keeps both characters out of everything stored, so a mark in a snippet is always ours. A
snippet has no line breaks and a bounded length even where the text is one endless "word".
"""

import re

OPENING, CLOSING = "\ue000", "\ue001"
LONGEST = 400
_LEAD = 80
_MARK = re.compile(f"([{OPENING}{CLOSING}])")

Highlights = tuple[tuple[int, int], ...]


def unmarked(marked: str) -> tuple[str, Highlights]:
    """Return the text without its marks, and the (start, end) offsets they stood for."""
    highlights: list[tuple[int, int]] = []
    pieces: list[str] = []
    length = start = 0
    for piece in _MARK.split(marked):
        if piece == OPENING:
            start = length
        elif piece == CLOSING:
            highlights.append((start, length))
        else:
            pieces.append(piece)
            length += len(piece)
    return _bounded(re.sub(r"\s", " ", "".join(pieces)), highlights)


def _bounded(text: str, highlights: list[tuple[int, int]]) -> tuple[str, Highlights]:
    first = highlights[0][0] if highlights else 0
    begin = max(0, min(first - _LEAD, len(text) - LONGEST))
    end = begin + LONGEST
    kept = ((start - begin, min(stop, end) - begin) for start, stop in highlights if start < end)
    return text[begin:end], tuple(kept)
