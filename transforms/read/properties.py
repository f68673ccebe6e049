"""Properties: what a format says of an article in fields of its own, on their way to our columns.

Each value keeps the name of its property as its method; one that its column can't hold is evidence of confidence 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from transforms.clean.rights import find_notice
from transforms.read.blocks import to_line
from transforms.read.columns import Filled, Given, UnreadableValueError, parse_column, published_columns, to_text
from transforms.read.timestamps import parse_timestamp
from transforms.rows import Found, InfoSource

SURE = 0.99
"""A property of the item itself."""
DERIVED = 0.9
"""A property of the feed or message around the item, or one that stands in for another."""

_INSTANTS = frozenset(("first_created", "version_created", "embargoed_until", "expires"))


@dataclass(frozen=True, slots=True)
class Said:
    """A property: the column it fills (`published` for all of publication), its value, and its own name."""

    column: str
    given: Given | tuple[InfoSource, ...]
    method: str
    confidence: float = SURE


class Gathered(NamedTuple):
    """Values for columns, and values as given that their column can't hold."""

    found: tuple[Found, ...]
    unreadable: tuple[Found, ...]


def gather(said: Iterable[Said]) -> Gathered:
    """Return what properties say as values of columns; those without a value say nothing."""
    found: list[Found] = []
    unreadable: list[Found] = []
    for each in said:
        try:
            filled = tuple(_fill(each))
        except (UnreadableValueError, ValueError, OverflowError, TypeError):
            field = "published_on" if each.column == "published" else each.column
            unreadable.append(Found(field, _as_given(each), f"{each.method}_unreadable", 0.0))
            continue
        for column, value in filled:
            is_own = column == each.column or each.column == "published"
            found.append(Found(column, value, each.method, each.confidence if is_own else each.confidence * DERIVED))
    return Gathered(tuple(found), tuple(unreadable))


def _fill(said: Said) -> Iterator[Filled]:
    given = said.given
    if given is None or given == [] or given == ():
        return
    if isinstance(given, tuple) and isinstance(given[0], InfoSource):
        yield Filled(said.column, given)
        return
    if isinstance(given, str):
        given = to_line(given)
        if not given:
            return
    if said.column == "is_excerpt" and isinstance(given, bool):
        yield Filled(said.column, given)
    elif said.column == "published" and isinstance(given, str):
        yield from published_columns(parse_timestamp(given))
    elif said.column in _INSTANTS and isinstance(given, str):
        at = parse_timestamp(given).at
        if at is None:
            raise ValueError(given)
        yield Filled(said.column, at)
    elif said.column == "copyright_notice" and isinstance(given, str):
        yield from _notice(given)
    else:
        yield from parse_column(said.column, given)  # type: ignore[arg-type]


def _notice(text: str) -> Iterator[Filled]:
    """Yield a notice and what it says of holder and year."""
    yield Filled("copyright_notice", text)
    notice = find_notice(text)
    if notice is not None and notice.holder is not None:
        yield Filled("copyright_holder", notice.holder)
    if notice is not None and notice.year is not None:
        yield Filled("copyright_year", notice.year)


def _as_given(said: Said) -> str:
    given = said.given
    return to_line(given if isinstance(given, str) else to_text(given))  # type: ignore[arg-type]
