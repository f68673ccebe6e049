"""Terms: what a watchlist looks for, as a tree of phrases joined by and, or, not and near."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row; whole words, unless a side is open (`dock*`, `*streik`)."""

    text: str
    """As written, without the stars."""
    open_left: bool = False
    open_right: bool = False


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when one part holds."""

    parts: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when all parts hold, wherever in the article."""

    parts: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its part does not."""

    part: Term


@dataclass(frozen=True, slots=True)
class Near:
    """Holds when a phrase of each side stand in one field with at most `words` words between them, in any order."""

    left: tuple[Phrase, ...]
    right: tuple[Phrase, ...]
    words: int


Term = Phrase | AnyOf | AllOf | Not | Near


def phrases_of(term: Term) -> Iterator[Phrase]:
    """Yield every phrase of `term`, those behind `not` too."""
    if isinstance(term, Phrase):
        yield term
    elif isinstance(term, Near):
        yield from (*term.left, *term.right)
    elif isinstance(term, Not):
        yield from phrases_of(term.part)
    else:
        for part in term.parts:
            yield from phrases_of(part)


def wanted_phrases(term: Term) -> Iterator[Phrase]:
    """Yield the phrases of `term` that are not behind `not`: without one of them it does not hold."""
    if isinstance(term, AnyOf | AllOf):
        for part in term.parts:
            yield from wanted_phrases(part)
    elif not isinstance(term, Not):
        yield from phrases_of(term)


def asks_for_a_phrase(term: Term) -> bool:
    """Return whether `term` can only hold where some phrase stands; `not a` alone would match almost everything."""
    if isinstance(term, AnyOf):
        return all(map(asks_for_a_phrase, term.parts))
    if isinstance(term, AllOf):
        return any(map(asks_for_a_phrase, term.parts))
    return not isinstance(term, Not)
