"""Aligned tables for a terminal: columns as wide as their text, cut where the line would break.

Text of articles is data: control characters, which could drive a terminal, are shown as a replacement character.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

NULL = "NULL"
_GAP = "  "
_NARROWEST = 8
"""A column is not cut below so many terminal columns."""


def to_lines(
    header: Sequence[str], rows: Sequence[Sequence[str | None]], *, numbers: Sequence[bool], width: int
) -> Iterator[str]:
    """Yield the lines of a table: header, rule and rows.

    `numbers` says for each column whether it is set to the right.
    `width` is that of the terminal; lines are longer only when there are too many columns.
    """
    cells = [[_printable(NULL if cell is None else cell) for cell in row] for row in rows]
    titles = [_printable(title) for title in header]
    widest = [
        max(_width(title), *(_width(row[place]) for row in cells)) if cells else _width(title)
        for place, title in enumerate(titles)
    ]
    widths = _fit(widest, width - len(_GAP) * (len(titles) - 1))
    yield _line(titles, widths, [False] * len(titles))
    yield _GAP.join("─" * columns for columns in widths)
    for row in cells:
        yield _line(row, widths, numbers)


def _fit(widest: Sequence[int], available: int) -> list[int]:
    """Return the widths of columns: narrow ones get all they need, wide ones share what is left."""
    widths = list(widest)
    open_places = sorted(range(len(widths)), key=lambda place: widths[place])
    for done, place in enumerate(open_places):
        share = max(available // (len(open_places) - done), _NARROWEST)
        widths[place] = min(widths[place], share)
        available -= widths[place]
    return widths


def _line(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    return _GAP.join(
        _pad(_cut(cell, columns), columns, right=right)
        for cell, columns, right in zip(cells, widths, numbers, strict=True)
    ).rstrip()


def _pad(text: str, columns: int, *, right: bool) -> str:
    blank = " " * (columns - _width(text))
    return blank + text if right else text + blank


def _cut(text: str, columns: int) -> str:
    if _width(text) <= columns:
        return text
    taken, used = [], 0
    for character in text:
        used += _character_width(character)
        if used > columns - 1:
            break
        taken.append(character)
    return "".join(taken) + "…"


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
