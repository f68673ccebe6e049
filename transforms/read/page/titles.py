"""The headline of a page: what h1, og:title, JSON-LD and the title element say, reconciled.

The headline is what is printed above the story. The name of the site, a kicker in an element of its own and labels
such as "Breaking:" are no part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from transforms.read.page.blocks import Outline
from transforms.read.page.head import Head
from transforms.read.page.headings import (
    Heading,
    first_headings,
    is_story_below,
    lesser_headings,
    lines_above_story,
    second_headings,
)
from transforms.read.page.names import to_folded
from transforms.read.page.title_text import clean_title, is_site_name, split_title
from transforms.read.schema_org import StructuredArticle

_MIN_CHARS = 6
_MIN_WORDS = 3
_MIN_OVERLAP = 0.5
_LESSER_METAS = ("twitter:title", "parsely-title", "dc.title", "sailthru.title", "citation_title")


class Title(NamedTuple):
    """A headline and where it was found."""

    text: str
    method: str
    confidence: float


class _Named(NamedTuple):
    """A title that the page gives beside what it shows."""

    method: str
    text: str
    folded: str


class _Lesser(NamedTuple):
    """A heading that is not of the first rank."""

    text: str
    tag: str
    is_above_story: bool


def find_title(head: Head, article: StructuredArticle | None, outline: Outline, sites: frozenset[str]) -> Title | None:
    """Return the headline, or None where nothing on the page looks like one; `sites` are the site's names, folded."""
    named = _named(head, article, sites)
    shown = [*first_headings(outline, sites)]
    segments = split_title(head.title, sites)
    element = clean_title(head.title, sites)
    return (
        _below_crumb(outline, named)
        or _same(shown, named)
        or _segment(outline, shown, segments)
        or _contained(shown, named, segments, element)
        or _alike(shown, named, segments)
        or _first(shown, named)
        or _from_element(outline, shown, segments, element)
    )


def _named(head: Head, article: StructuredArticle | None, sites: frozenset[str]) -> list[_Named]:
    values = (
        ("json_ld", None if article is None else article.headline),
        ("meta:og:title", head.first("og:title")),
        ("meta:twitter:title", head.first(*_LESSER_METAS)),
    )
    cleaned = ((method, clean_title(value, sites)) for method, value in values)
    return [
        _Named(method, value, to_folded(value))
        for method, value in cleaned
        if value is not None and not is_site_name(value, sites)
    ]


def _below_crumb(outline: Outline, named: Sequence[_Named]) -> Title | None:
    """Return the lesser heading right below the first one that is word by word what networks are told, kicker apart.

    The heading above it is the end of a breadcrumb then, a rubric, or a line for search engines.
    """
    told = [each for each in named if each.method != "json_ld" and len(each.folded.split()) >= _MIN_WORDS]
    for block in second_headings(outline) if told else ():
        printed = f" {to_folded(block.text)}"
        for each in told:
            if printed.endswith(f" {each.folded}"):
                return Title(each.text, block.tag, 0.9)
    return None


def _same(shown: Sequence[Heading], named: Sequence[_Named]) -> Title | None:
    """Return the heading that meta data confirm word by word, with its kicker only where they have it too."""
    others = {each.folded: each for each in named}
    for heading in shown:
        for text in (heading.bare, heading.whole):
            if to_folded(text) not in others:
                continue
            bare = to_folded(text.partition(": ")[2])
            if bare in others and len(bare.split()) >= _MIN_WORDS:
                return Title(others[bare].text, others[bare].method, 0.9)
            return Title(text, "h1", 0.98)
    return None


def _segment(outline: Outline, shown: Sequence[Heading], segments: Sequence[str]) -> Title | None:
    """Return the heading, of whatever rank, that is a part of the title element; best one with the story right below.

    The last part is the site's name or a motto, unless the story stands right below such a heading.
    """
    if not segments:
        return None
    by_text = {to_folded(heading.bare): heading for heading in shown}
    told = [by_text[segment] for segment in segments if segment in by_text]
    first = next((each for each in told if each.is_above_story and len(each.bare.split()) >= _MIN_WORDS), None)
    lesser = None if first is not None else _lesser_segment(outline, segments)
    if first is None and (lesser is None or not lesser.is_above_story):
        inner = segments[:-1] if len(segments) > 1 else segments
        first = next((each for each in told if to_folded(each.bare) in inner), None)
    if first is not None:
        return Title(first.bare, "h1", 0.95)
    return None if lesser is None else Title(lesser.text, lesser.tag, 0.85)


def _lesser_segment(outline: Outline, segments: Sequence[str]) -> _Lesser | None:
    """Return the lesser heading that is a part of the title element, if one is, that with the story right below it."""
    lesser = None
    for at, block in lesser_headings(outline):
        text = block.text.replace("\u00ad", "")
        folded = to_folded(text)
        if folded not in segments:
            continue
        if len(folded.split()) >= _MIN_WORDS and is_story_below(outline, at):
            return _Lesser(text, block.tag, True)
        if lesser is None and folded in segments[:-1]:
            lesser = _Lesser(text, block.tag, False)
    return lesser


def _contained(
    shown: Sequence[Heading], named: Sequence[_Named], segments: Sequence[str], element: str | None
) -> Title | None:
    """Return the shorter of heading and meta data where one holds the other: what it lacks are kickers and names.

    A heading that is all of the title element, or goes on behind a colon, is the longer form of a headline.
    """
    whole = None if element is None else to_folded(element)
    for heading in shown:
        bare, folded = heading.bare, to_folded(heading.bare)
        if len(folded) < _MIN_CHARS or folded in segments[1:]:
            continue
        if folded == whole:
            return Title(bare, "h1", 0.93)
        for method, value, other in named:
            if folded in other:
                return Title(bare, "h1", 0.93)
            is_glued = folded.endswith(other) or _goes_on(bare, value)
            if other in folded and is_glued and len(other.split()) >= _MIN_WORDS:
                return Title(value, method, 0.9)
        if any(folded in segment for segment in segments):
            return Title(bare, "h1", 0.9)
    return None


def _goes_on(heading: str, value: str) -> bool:
    """Return whether a heading goes on behind a value with a word: a subtitle or date in an element of its own."""
    return heading[: len(value)].casefold() == value.casefold() and heading[len(value) :].lstrip()[:1].isalnum()


def _alike(shown: Sequence[Heading], named: Sequence[_Named], segments: Sequence[str]) -> Title | None:
    """Return the heading that shares most of its words with meta data."""
    others = [*(each.folded for each in named), " ".join(segments)]
    for heading in shown:
        if any(_overlap(to_folded(heading.bare), other) >= _MIN_OVERLAP for other in others):
            return Title(heading.bare, "h1", 0.85)
    return None


def _first(shown: Sequence[Heading], named: Sequence[_Named]) -> Title | None:
    """Return the page's only heading where the story stands right below it, else what meta data say."""
    if len(shown) == 1 and shown[0].is_above_story and len(shown[0].bare.split()) >= _MIN_WORDS:
        return Title(shown[0].bare, "h1", 0.75)
    return Title(named[0].text, named[0].method, 0.8) if named else None


def _from_element(
    outline: Outline, shown: Sequence[Heading], segments: Sequence[str], element: str | None
) -> Title | None:
    """Return the part of the title element that is printed above the story, else all of it, else any heading."""
    for line in lines_above_story(outline, segments):
        if len(line.split()) >= _MIN_WORDS:
            return Title(line, "line_above", 0.75)
    if element is not None:
        return Title(element, "title_element", 0.7)
    return Title(shown[0].bare, "h1", 0.6) if shown else None


def _overlap(one: str, other: str) -> float:
    """Return the share of the shorter text's words that the other has too."""
    words, others = set(one.split()), set(other.split())
    return len(words & others) / max(1, min(len(words), len(others))) if min(len(words), len(others)) > 2 else 0.0
