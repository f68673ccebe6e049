"""Paragraphs of plain text in its three styles: blank lines between, one a line, and lines wrapped by hand.

Also their shapes: whether a paragraph tells (prose) or heads (a title).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from transforms.clean.draft import Paragraph, Piece

_WRAP_MIN_CHARS = 50
_WRAP_MAX_CHARS = 110
"""Columns at which text is wrapped by hand: mail and wire use 65 to 80; editors up to 100."""
_WRAPPED_SHARE = 0.75
"""Share of a block's line breaks that must be forced by the width before its lines are joined."""

_PROSE_WORDS = 6
_LONG_WORDS = 25
_TITLE_WORDS = range(3, 31)
_TITLE_CHARS = 220
_SUBHEAD_WORDS = 14
_ONE_SENTENCE_WORDS = 14

_FINAL_MARKS = frozenset(".!?…")
_CLOSING_MARKS = "\"'”’»)] \u00a0"
_ABBREVIATED_END = re.compile(r"(?:\b(?:\w\.){2,}|\b(?:Inc|Ltd|Co|Corp|Jr|Sr|St|No|vs|etc)\.)$")
_ABBREVIATION_CHARS = 12
_TITLE_START = re.compile(r"""["'“‘«„¿¡(]*[^\W_]""")
_LIST_MARK = re.compile(r"(?:[-–—•*·▪►>#]|\(?\d{1,2}[.)]|[a-z]\))\s")
_INNER_STOP = re.compile(r"""(?<![A-Z])(?<!\b(?:Mr|Ms|Dr|St|vs))(?<!\bMrs)[.!?…]["”’»]?\s+[“"‘]?[A-Z]""")
_CLOSED_SPEECH = re.compile(r"""[,.!?]["”»]""")


def split_paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of `text` in order; joined lines differ from it in whitespace only."""
    blocks = _to_blocks(text, list(_lines(text)))
    width = max((len(line.text) for block in blocks for line in block[:-1] if " " in line.text), default=0)
    wrapped = _WRAP_MIN_CHARS <= width <= _WRAP_MAX_CHARS
    return tuple(paragraph for block in blocks for paragraph in _to_paragraphs(text, block, width if wrapped else 0))


def is_prose(text: str) -> bool:
    """Return whether a paragraph tells something: a sentence with its final mark, or many words."""
    words = text.count(" ") + 1
    return words >= _LONG_WORDS or (words >= _PROSE_WORDS and has_final_mark(text))


def is_title_like(text: str) -> bool:
    """Return whether a paragraph could be a headline: short, one phrase, no full stop, no list item, no speech."""
    if len(text) > _TITLE_CHARS or len(text.split()) not in _TITLE_WORDS:
        return False
    return _heads(text) and _CLOSED_SPEECH.search(text) is None


def is_subhead_like(text: str) -> bool:
    """Return whether a paragraph could head a part of an article."""
    return len(text) <= _TITLE_CHARS and len(text.split()) <= _SUBHEAD_WORDS and _heads(text) and text[-1] not in '”"»'


def has_final_mark(text: str) -> bool:
    """Return whether `text` ends as sentences do; the point of an abbreviation is none."""
    return text[-1] in '”"»' or (_ends_in_stop(text) and not _ABBREVIATED_END.search(text[-_ABBREVIATION_CHARS:]))


def _ends_in_stop(text: str) -> bool:
    return text.rstrip(_CLOSING_MARKS)[-1:] in _FINAL_MARKS


def _heads(text: str) -> bool:
    start = _TITLE_START.match(text)
    if start is None or text[start.end() - 1].islower() or _LIST_MARK.match(text) or text[-1] in ",;:-–—":
        return False
    if text[-1] in '”"»' and _ends_in_stop(text):
        return False
    if text[-1] != "?" and text[-1] not in '”"»' and has_final_mark(text):
        return False
    return len(text.split()) <= _ONE_SENTENCE_WORDS or _INNER_STOP.search(text) is None


def _lines(text: str) -> Iterator[Piece]:
    """Yield the lines of `text` without the whitespace around them; none for lines of nothing else."""
    at = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            start = at + len(line) - len(line.lstrip())
            yield Piece(stripped, start, start + len(stripped))
        at += len(line)


def _to_blocks(text: str, lines: list[Piece]) -> list[list[Piece]]:
    """Return the lines grouped by the blank lines between them."""
    blocks: list[list[Piece]] = []
    for line in lines:
        between = text[blocks[-1][-1].end : line.start] if blocks else ""
        breaks = len(between.replace("\r\n", "\n").strip(" \t\u00a0")) if blocks else 2
        if breaks > 1 or "\u2029" in between:
            blocks.append([line])
        else:
            blocks[-1].append(line)
    return blocks


def _to_paragraphs(text: str, block: list[Piece], width: int) -> list[Paragraph]:
    """Return the paragraphs of a block: its lines, joined where `width` (0: never) forced the break."""
    if len(block) == 1:
        return [Paragraph(block[0].text, (block[0],))]
    forced = [_is_forced(line.text, following.text, width) for line, following in pairwise(block)]
    if sum(forced) < len(forced) * _WRAPPED_SHARE:
        return [Paragraph(line.text, (line,)) for line in block]
    groups = [[block[0]]]
    for is_forced, line in zip(forced, block[1:], strict=True):
        if is_forced or line.text[0].islower():
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_joined(group) for group in groups]


def _is_forced(line: str, following: str, width: int) -> bool:
    """Return whether the next line's first word had no room on this line."""
    return 0 < len(line) <= width < len(line) + 1 + len(following.partition(" ")[0])


def _joined(lines: list[Piece]) -> Paragraph:
    joined = " ".join(line.text for line in lines)
    return Paragraph(joined, (Piece(joined, lines[0].start, lines[-1].end),))
