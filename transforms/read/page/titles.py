"""The headline of a page: what h1, og:title, JSON-LD and the title element say, reconciled.

The name of the site, a kicker in an element of its own and labels such as "Breaking:" are no part of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from transforms.read.page.head import Head
from transforms.read.page.names import site_names, to_folded
from transforms.read.page.page import Page
from transforms.read.page.tree import Element
from transforms.read.page.vocabulary import page_words
from transforms.read.schema_org import StructuredArticle

_SEPARATOR = re.compile(r"\s+[|–—\-:·•»«>/~]+\s+|\s*[|»]\s*|\s+::\s+|:\s")
_MAX_CHARS = 400
_KICKER = re.compile(r"kicker|overline|topline|eyebrow|dachzeile|roofline|supertitle|rubric|visuallyhidden|sr-only|label|flag|badge", re.I)
_MIN_OVERLAP = 0.5


class Title(NamedTuple):
    """A headline and where it was found."""

    text: str
    method: str
    confidence: float


def find_title(page: Page) -> Title | None:
    """Return the headline, or None where nothing on the page looks like one."""
    head, article = page.head, page.article
    sites = site_names(head, article)
    named = _named(head, article, sites)
    element = _clean(head.title, sites)
    shown = [text for mark in page.outline.titles if (text := _clean(_heading_text(mark.element), sites))]
    shown = [text for text in shown if not _is_site(text, sites)]
    return _agreed(shown, named, head.title) or _first(shown, named, element)


def _named(head: Head, article: StructuredArticle | None, sites: frozenset[str]) -> list[tuple[str, str]]:
    values = (
        ("json_ld", None if article is None else article.headline),
        ("meta:og:title", head.first("og:title")),
        ("meta:twitter:title", head.first("twitter:title", "parsely-title", "dc.title", "sailthru.title", "citation_title")),
    )
    cleaned = ((method, _clean(value, sites)) for method, value in values)
    return [(method, value) for method, value in cleaned if value is not None and not _is_site(value, sites)]


def _agreed(shown: Sequence[str], named: Sequence[tuple[str, str]], title: str | None) -> Title | None:
    """Return the heading that meta data or the title element confirm, or None."""
    others = [to_folded(value) for _, value in named]
    element = to_folded(title or "")
    for text in shown:
        folded = to_folded(text)
        if folded in others:
            return Title(text, "h1", 0.98)
    for text in shown:
        folded = to_folded(text)
        if len(folded) > 5 and (folded in element or any(folded in other for other in others)):
            return Title(text, "h1", 0.93)
    for text in shown:
        if any(_overlap(to_folded(text), other) >= _MIN_OVERLAP for other in (*others, element)):
            return Title(text, "h1", 0.85)
    return None


def _first(shown: Sequence[str], named: Sequence[tuple[str, str]], element: str | None) -> Title | None:
    if named:
        return Title(named[0][1], named[0][0], 0.8)
    if element is not None:
        return Title(element, "title_element", 0.7)
    return Title(shown[0], "h1", 0.6) if shown else None


def _overlap(one: str, other: str) -> float:
    """Return the share of the shorter text's words that the other has too."""
    words, others = set(one.split()), set(other.split())
    return len(words & others) / max(1, min(len(words), len(others))) if min(len(words), len(others)) > 2 else 0.0


def _heading_text(heading: Element) -> str:
    """Return the text of a heading without a kicker in an element of its own."""
    pieces = [heading.text or ""]
    for child in heading:
        if not _KICKER.search(child.get("class") or "") and child.tag not in ("script", "style", "svg"):
            pieces.append(_heading_text(child))
        pieces.append(" " if child.tag in ("br", "div", "span") and not child.tail else "")
        pieces.append(child.tail or "")
    return "".join(pieces)


def _clean(text: str | None, sites: frozenset[str]) -> str | None:
    """Return a title on one line without the names of the site and labels at its ends, or None."""
    if text is None or len(text) > 20 * _MAX_CHARS:
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
