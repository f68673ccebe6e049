"""The headline of a page: what h1, og:title, JSON-LD and the title element say, reconciled.

The name of the site, a kicker in an element of its own and labels such as "Breaking:" are no part of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lxml import etree

from transforms.read.page.blocks import Mark, Outline
from transforms.read.page.head import Head
from transforms.read.page.names import to_folded
from transforms.read.page.tree import Element
from transforms.read.page.vocabulary import page_words
from transforms.read.schema_org import StructuredArticle

_SEPARATOR = re.compile(r"\s+[|–—\-:·•»«>/~]+\s+|\s*[|»]\s*|\s+::\s+|:\s")
_SEGMENT = re.compile(r"\s+[|–—\-·•»«>/~:]+\s+|\s*[|»]\s*")
_LESSER_HEADINGS = frozenset(("h2", "h3"))
_SILENT = frozenset(("script", "style", "svg"))
_PARTING = frozenset(("br", "div", "span", "p"))
_MAX_PIECES = 1_000
_MAX_CHARS = 400
_MAX_GIVEN_CHARS = 1_000
_MIN_CHARS = 6
_MIN_WORDS = 3
_KICKER = re.compile(
    r"kicker|overline|topline|eyebrow|dachzeile|roofline|supertitle|rubric|visuallyhidden|sr-only|label|flag|badge",
    re.I,
)
_MIN_OVERLAP = 0.5


class Title(NamedTuple):
    """A headline and where it was found."""

    text: str
    method: str
    confidence: float


class _Heading(NamedTuple):
    """A heading without and with its kicker."""

    bare: str
    whole: str


def find_title(head: Head, article: StructuredArticle | None, outline: Outline, sites: frozenset[str]) -> Title | None:
    """Return the headline, or None where nothing on the page looks like one; `sites` are the site's names, folded."""
    named = _named(head, article, sites)
    shown = [*_shown(outline.titles, sites)]
    segments = _segments(head.title, sites)
    found = _same(shown, named) or _segment(outline, shown, segments) or _contained(shown, named, segments)
    return found or _alike(shown, named, segments) or _first(shown, named, _clean(head.title, sites))


def _shown(headings: Sequence[Mark], sites: frozenset[str]) -> Iterator[_Heading]:
    """Yield the headings of the first rank that are not the site's name."""
    for mark in headings:
        bare, whole = (_clean(_heading_text(mark.element, kickers=kickers), sites) for kickers in (False, True))
        if bare is not None and whole is not None and not _is_site(bare, sites):
            yield _Heading(bare, whole)


def _named(head: Head, article: StructuredArticle | None, sites: frozenset[str]) -> list[tuple[str, str]]:
    values = (
        ("json_ld", None if article is None else article.headline),
        ("meta:og:title", head.first("og:title")),
        (
            "meta:twitter:title",
            head.first("twitter:title", "parsely-title", "dc.title", "sailthru.title", "citation_title"),
        ),
    )
    cleaned = ((method, _clean(value, sites)) for method, value in values)
    return [(method, value) for method, value in cleaned if value is not None and not _is_site(value, sites)]


def _same(shown: Sequence[_Heading], named: Sequence[tuple[str, str]]) -> Title | None:
    """Return the heading that meta data confirm word by word, with its kicker only where they have it too."""
    others = {to_folded(value): (value, method) for method, value in named}
    for heading in shown:
        for text in heading:
            if to_folded(text) not in others:
                continue
            bare = to_folded(text.partition(": ")[2])
            if bare in others and len(bare.split()) >= _MIN_WORDS:
                return Title(*others[bare], 0.9)
            return Title(text, "h1", 0.98)
    return None


def _segment(outline: Outline, shown: Sequence[_Heading], segments: Sequence[str]) -> Title | None:
    """Return the heading, of whatever rank, that the title element names before or behind the site's name."""
    first_rank = {to_folded(heading.bare): heading.bare for heading in shown}
    for segment in segments:
        if segment in first_rank and (segment != segments[-1] or len(segments) == 1):
            return Title(first_rank[segment], "h1", 0.95)
    if not segments:
        return None
    for block in outline.blocks:
        if block.tag in _LESSER_HEADINGS and len(block.text) < _MAX_CHARS and to_folded(block.text) in segments[:-1]:
            return Title(block.text, block.tag, 0.85)
    return None


def _contained(shown: Sequence[_Heading], named: Sequence[tuple[str, str]], segments: Sequence[str]) -> Title | None:
    """Return the shorter of heading and meta data where one holds the other: what it lacks are kickers and names."""
    for bare, _ in shown:
        folded = to_folded(bare)
        if len(folded) < _MIN_CHARS or folded in segments[1:]:
            continue
        for method, value in named:
            other = to_folded(value)
            if folded in other:
                return Title(bare, "h1", 0.93)
            if other in folded and len(other.split()) >= _MIN_WORDS:
                return Title(value, method, 0.9)
        if any(folded in segment for segment in segments):
            return Title(bare, "h1", 0.9)
    return None


def _alike(shown: Sequence[_Heading], named: Sequence[tuple[str, str]], segments: Sequence[str]) -> Title | None:
    """Return the heading that shares most of its words with meta data."""
    others = [*(to_folded(value) for _, value in named), " ".join(segments)]
    for bare, _ in shown:
        if any(_overlap(to_folded(bare), other) >= _MIN_OVERLAP for other in others):
            return Title(bare, "h1", 0.85)
    return None


def _first(shown: Sequence[_Heading], named: Sequence[tuple[str, str]], element: str | None) -> Title | None:
    if named:
        return Title(named[0][1], named[0][0], 0.8)
    if element is not None:
        return Title(element, "title_element", 0.7)
    return Title(shown[0].bare, "h1", 0.6) if shown else None


def _overlap(one: str, other: str) -> float:
    """Return the share of the shorter text's words that the other has too."""
    words, others = set(one.split()), set(other.split())
    return len(words & others) / max(1, min(len(words), len(others))) if min(len(words), len(others)) > 2 else 0.0


def _heading_text(heading: Element, *, kickers: bool) -> str:
    """Return the text of a heading, with or without kickers in elements of their own."""
    pieces: list[str] = []
    walker = etree.iterwalk(heading, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            is_kicker = element is not heading and _KICKER.search(element.get("class") or "") is not None
            if element.tag in _SILENT or (is_kicker and not kickers):
                walker.skip_subtree()
            else:
                pieces.append(element.text or "")
        elif element is not heading:
            pieces.append(element.tail or (" " if element.tag in _PARTING else ""))
        if len(pieces) > _MAX_PIECES:
            break
    return "".join(pieces)


def _segments(title: str | None, sites: frozenset[str]) -> list[str]:
    """Return the parts of the title element between bars and dashes, folded, without the site's names."""
    if title is None or len(title) > _MAX_GIVEN_CHARS:
        return []
    parts = (to_folded(part) for part in _SEGMENT.split(html.unescape(title)))
    return [part for part in parts if part and part.replace(" ", "") not in sites]


def _clean(text: str | None, sites: frozenset[str]) -> str | None:
    """Return a title on one line without the names of the site and labels at its ends, or None."""
    if text is None or len(text) > _MAX_GIVEN_CHARS:
        return None
    text = html.unescape(text) if "&" in text else text
    text = " ".join(text.replace("\u00ad", "").split())
    text = page_words().title_labels.sub("", text)
    return _without_site(text, sites)[:_MAX_CHARS].strip() or None


def _without_site(text: str, sites: frozenset[str]) -> str:
    while True:
        marks = list(_SEPARATOR.finditer(text))
        if not marks:
            return text
        last, first = marks[-1], marks[0]
        if last.group() != ": " and _is_site(text[last.end() :], sites):
            text = text[: last.start()]
        elif _is_site(text[: first.start()], sites):
            text = text[first.end() :]
        else:
            return text


def _is_site(text: str, sites: Iterable[str]) -> bool:
    folded = to_folded(text).replace(" ", "")
    return not folded or folded in sites
