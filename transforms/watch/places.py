"""Places: where phrases stand in an article, and which of them make a term hold."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from transforms.watch.lists import Field
from transforms.watch.terms import AllOf, AnyOf, Near, Not, Phrase, Term

_WORD = re.compile(r"[^ ]+")


class Place(NamedTuple):
    """Where a phrase stands: span in its field, and in the text that was searched."""

    field: Field
    start: int
    end: int
    search_start: int
    search_end: int
    phrase: str
    """As its list writes it."""


Places = Sequence[Place]


class Searched:
    """The searched texts of an article, by field, and where their words begin."""

    def __init__(self, texts: Mapping[Field, str]) -> None:
        self._texts = texts
        self._starts: dict[Field, list[int]] = {}

    def words_before(self, field: Field, position: int) -> int:
        """Return how many words of `field` begin before `position`."""
        if field not in self._starts:
            self._starts[field] = [match.start() for match in _WORD.finditer(self._texts[field])]
        return bisect_left(self._starts[field], position)


def find_places(term: Term, found: Mapping[Phrase, Places], searched: Searched) -> Places | None:
    """Return the places that make `term` hold, perhaps several times the same, or None when it does not hold."""
    if isinstance(term, Phrase):
        return found.get(term)
    if isinstance(term, AnyOf):
        parts = [places for part in term.parts if (places := find_places(part, found, searched)) is not None]
        return [place for places in parts for place in places] if parts else None
    if isinstance(term, AllOf):
        return _find_all(term, found, searched)
    if isinstance(term, Not):
        return None if find_places(term.part, found, searched) is not None else ()
    return _find_near(term, found, searched)


def _find_all(term: AllOf, found: Mapping[Phrase, Places], searched: Searched) -> Places | None:
    places: list[Place] = []
    for part in term.parts:
        of_part = find_places(part, found, searched)
        if of_part is None:
            return None
        places.extend(of_part)
    return places


def _find_near(term: Near, found: Mapping[Phrase, Places], searched: Searched) -> Places | None:
    """Return the places of both sides that have one of the other side near; two that overlap are not near."""
    left = [place for phrase in term.left for place in found.get(phrase, ())]
    right = [place for phrase in term.right for place in found.get(phrase, ())]
    if not left or not right:
        return None
    places = [
        *_with_neighbours(left, right, term.words, searched),
        *_with_neighbours(right, left, term.words, searched),
    ]
    return places or None


def _with_neighbours(places: Places, others: Places, words: int, searched: Searched) -> list[Place]:
    """Return those of `places` that have one of `others` before or after them with at most `words` words between."""
    begins = sorted(
        (other.field, searched.words_before(other.field, other.search_start), other.search_start) for other in others
    )
    ends = sorted(
        (other.field, searched.words_before(other.field, other.search_end), other.search_end) for other in others
    )
    near = []
    for place in places:
        last = searched.words_before(place.field, place.search_end)
        follower = bisect_left(begins, (place.field, last, place.search_end))
        follows = follower < len(begins) and begins[follower][0] == place.field and begins[follower][1] <= last + words
        first = searched.words_before(place.field, place.search_start)
        leader = bisect_left(ends, (place.field, first, place.search_start + 1)) - 1
        leads = leader >= 0 and ends[leader][0] == place.field and ends[leader][1] >= first - words
        if follows or leads:
            near.append(place)
    return near
