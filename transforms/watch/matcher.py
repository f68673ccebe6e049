"""The matcher: all watchlists at once over one article.

Aho and Corasick's automaton (1975) finds every phrase of every list in one pass; a list is looked at closer only where
one of its phrases stands. It is a lookup table: made once from the lists, handed to whoever matches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from transforms.watch.lists import FIELDS, Field, Watched, Watchlist
from transforms.watch.places import Place, Places, Searched, find_places
from transforms.watch.spelling import Search, is_word, to_key, to_search
from transforms.watch.terms import Phrase, phrases_of, wanted_phrases


class Match(NamedTuple):
    """An article belongs to a watchlist, because of these places, in order: headline first, then by position."""

    watchlist: Watchlist
    places: Places


class _Spelt(NamedTuple):
    """A phrase under the rules of spelling of its list; lists that write the same phrase share it."""

    phrase: Phrase
    match_case: bool
    ignore_accents: bool


class _Sought(NamedTuple):
    """What is known of a spelt phrase before any article is seen."""

    spelt: _Spelt
    key: str
    pads: tuple[bool, bool]
    """Whether its pattern begins and ends with the blank at the edge of a word."""
    wanted_by: list[int]
    """Lists, by number, that it can make hold."""


class Matcher:
    """Matches articles against `lists`; has no state, so that threads may share it."""

    def __init__(self, lists: Iterable[Watchlist]) -> None:
        self.lists: Sequence[Watchlist] = tuple(sorted(lists, key=lambda one: one.id))
        self._sought: list[_Sought] = []
        self._phrases: list[list[tuple[Phrase, int]]] = []
        """By list, its phrases and their numbers in `_sought`."""
        self._by_pattern: list[list[int]] = []
        self._automaton = self._compile() if self.lists else None

    def match(self, article: Watched) -> list[Match]:
        """Return the lists that `article` belongs to, in order of their ids."""
        if self._automaton is None:
            return []
        searches = {field: to_search(article.text(field)) for field in FIELDS if article.text(field)}
        found: dict[int, list[Place]] = {}
        for field, search in searches.items():
            self._find(self._automaton, field, article.text(field), search, found)
        searched = Searched({field: search.text for field, search in searches.items()})
        candidates = {number for sought in found for number in self._sought[sought].wanted_by}
        matches = []
        for number in sorted(candidates):
            watchlist = self.lists[number]
            if watchlist.looks_at(article.source, article.language):
                of_list = {phrase: found[sought] for phrase, sought in self._phrases[number] if sought in found}
                places = find_places(watchlist.term, of_list, searched)
                if places is not None:
                    matches.append(Match(watchlist, sorted(set(places), key=_order)))
        return matches

    def _compile(self) -> AhoCorasick:
        numbers: dict[_Spelt, int] = {}
        patterns: dict[str, list[int]] = {}
        for number, watchlist in enumerate(self.lists):
            wanted = set(wanted_phrases(watchlist.term))
            self._phrases.append([])
            for phrase in dict.fromkeys(phrases_of(watchlist.term)):
                spelt = _Spelt(phrase, watchlist.match_case, watchlist.ignore_accents)
                if spelt not in numbers:
                    numbers[spelt] = len(self._sought)
                    pattern, sought = _to_sought(spelt)
                    self._sought.append(sought)
                    patterns.setdefault(pattern, []).append(numbers[spelt])
                self._phrases[-1].append((phrase, numbers[spelt]))
                if phrase in wanted:
                    self._sought[numbers[spelt]].wanted_by.append(number)
        self._by_pattern = list(patterns.values())
        return AhoCorasick(list(patterns), matchkind=MatchKind.Standard, store_patterns=False)

    def _find(
        self, automaton: AhoCorasick, field: Field, text: str, search: Search, found: dict[int, list[Place]]
    ) -> None:
        """Add to `found` where phrases stand in one field."""
        for pattern, start, end in automaton.find_matches_as_indexes(search.text, overlapping=True):
            for number in self._by_pattern[pattern]:
                place = _to_place(self._sought[number], field, text, search, start, end)
                if place is not None:
                    found.setdefault(number, []).append(place)


def _to_sought(spelt: _Spelt) -> tuple[str, _Sought]:
    """Return the pattern that is searched for a phrase, and what else is known of it."""
    phrase = spelt.phrase
    inner = to_search(phrase.text).text[1:-1]
    key = to_key(phrase.text, match_case=spelt.match_case, ignore_accents=spelt.ignore_accents)
    pads = (not phrase.open_left and is_word(inner[0]), not phrase.open_right and is_word(inner[-1]))
    pattern = f"{' ' if pads[0] else ''}{inner}{' ' if pads[1] else ''}"
    return pattern, _Sought(spelt, key, pads, [])


def _to_place(sought: _Sought, field: Field, text: str, search: Search, start: int, end: int) -> Place | None:
    """Return where a phrase stands, when what stands there is spelt as its list wants it; a cut word is told whole."""
    phrase, match_case, ignore_accents = sought.spelt
    start, end = start + sought.pads[0], end - sought.pads[1]
    if phrase.open_left:
        start = search.text.rfind(" ", 0, start) + 1
    if phrase.open_right:
        end = search.text.find(" ", end)
    first, last = search.span(start, end)
    key = to_key(text[first:last], match_case=match_case, ignore_accents=ignore_accents)
    if phrase.open_left and phrase.open_right:
        is_spelt = sought.key in key
    elif phrase.open_left:
        is_spelt = key.endswith(sought.key)
    elif phrase.open_right:
        is_spelt = key.startswith(sought.key)
    else:
        is_spelt = key == sought.key
    return Place(field, first, last, start, end, _written(phrase)) if is_spelt else None


def _written(phrase: Phrase) -> str:
    return f"{'*' if phrase.open_left else ''}{phrase.text}{'*' if phrase.open_right else ''}"


def _order(place: Place) -> tuple[int, int, int, str]:
    return FIELDS.index(place.field), place.start, place.end, place.phrase
