"""Which of several values found for a column stands: the surest; among equals the first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from transforms.rows import Found, InfoSource, Placement


class Choice(NamedTuple):
    """The value of each column that has one, and quality flags."""

    values: Mapping[str, Found]
    flags: tuple[str, ...]


TOGETHER = (
    ("published_on", "published_at", "published_precision", "published_raw"),
    ("copyright_holder", "copyright_year", "copyright_notice"),
    ("byline", "authors"),
    ("located", "located_country"),
)
"""Columns that say one thing: all are taken from where the surest of them was found; a format is one place."""

CONTRADICTS = "placement_contradicts_text"
UNREADABLE = "placement_unreadable"

_PLACEMENT_METHODS = frozenset({"path", "sidecar"})
_NOT_COMPARED = frozenset(
    {"published_raw", "published_precision", "url", "canonical_url", "source", "description", "body"}
)
_BY = re.compile(r"^by\s+", re.IGNORECASE)
_MARKS = re.compile(r"[\W_]+")


def choose(found: Iterable[Found], placement: Placement) -> Choice:
    """Return the surest value of each column; `placement_contradicts_text` where the file itself says otherwise."""
    candidates = list(found)
    by_field: dict[str, list[Found]] = {}
    for each in candidates:
        by_field.setdefault(each.field, []).append(each)
    origins = {field: origin for group in TOGETHER for field, origin in _origins(by_field, group)}
    values = {}
    for field, rivals in by_field.items():
        agreed = [each for each in rivals if field not in origins or origin(each) == origins[field]]
        if agreed:
            values[field] = max(agreed, key=lambda each: each.confidence)
    flags = [CONTRADICTS] if any(map(_is_contradicted, by_field.values())) else []
    return Choice(values, (*flags, *([UNREADABLE] if placement.unreadable else [])))


def _origins(by_field: Mapping[str, list[Found]], group: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    """Yield for each column of a group the place where its surest value was found."""
    rivals = [each for field in group for each in by_field.get(field, ())]
    if rivals:
        surest = max(rivals, key=lambda each: each.confidence)
        yield from ((field, origin(surest)) for field in group)


def origin(found: Found) -> str:
    """Return where a value was found: the method, of a format's properties the format."""
    return found.method.partition(":")[0]


def _is_contradicted(rivals: list[Found]) -> bool:
    """Return whether path or sidecar say something else than the file does."""
    if rivals[0].field in _NOT_COMPARED:
        return False
    placed = {_comparable(each) for each in rivals if each.method in _PLACEMENT_METHODS}
    if not placed:
        return False
    read = {_comparable(each) for each in rivals if each.method not in _PLACEMENT_METHODS}
    return bool(read) and placed.isdisjoint(read)


def is_same(one: Found, other: Found) -> bool:
    """Return whether two values of a column say the same, but for case, marks and order."""
    return _comparable(one) == _comparable(other)


def _comparable(found: Found) -> str:
    """Return a value as it is compared: without case, marks, order, and regions of a language."""
    value = found.value
    if found.field == "language":
        return str(value).partition("-")[0].lower()
    if isinstance(value, tuple):
        words = (each.name if isinstance(each, InfoSource) else each for each in value)
        return "|".join(sorted(_plain(word) for word in words))
    return _plain(str(value))


def _plain(text: str) -> str:
    return _MARKS.sub(" ", _BY.sub("", text.strip())).strip().casefold()
