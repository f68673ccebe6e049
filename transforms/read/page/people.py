"""The authors of a page: JSON-LD, meta elements, links and bylines, taken apart into names. Better none than a wrong one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from transforms.read.page.blocks import Mark
from transforms.read.page.head import Head
from transforms.read.page.names import site_names, to_folded
from transforms.read.page.page import Page
from transforms.read.page.tree import Element
from transforms.read.page.vocabulary import page_words
from transforms.read.schema_org import StructuredArticle


class Byline(NamedTuple):
    """Who signs, and where it was found; `printed` is the line as the page shows it, where it does."""

    names: tuple[str, ...]
    method: str
    confidence: float
    printed: str | None = None


_METAS = (
    "author", "article:author", "dc.creator", "dcterms.creator", "dc.author", "sailthru.author", "parsely-author", "byl",
    "citation_author", "article_author", "author.name", "article:author_name", "shareaholic:article_author_name",
    "cxenseparse:author", "mediator_author", "dc:creator", "og:article:author", "rnews:author", "bt:author", "creator",
)  # fmt: skip
_MAX_LINE_CHARS = 200
_MAX_NAME_WORDS = 6
_MAX_NAME_CHARS = 60
_MAX_NAMES = 12
_ADDRESS = re.compile(r"https?:|www\.|@\w|\w@|[<>{}=_#\[\]\\]|\d{3}|\.(?:com|html?|php|aspx?)\b")
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_DATE_TAIL = re.compile(r"\s*(?:[|•·,–—-]|\bon\b|\bam\b|\bvom\b|\ble\b|\bel\b|\bil\b|\bop\b|\bem\b)?\s*(?:\w+,\s*)?(?:\d{1,2}[./ ]|\d{4}[-/]|[A-Z][a-z]{2,8}\.? \d{1,2},? (?:19|20)\d\d).*$")
_LETTER = re.compile(r"[^\W\d_]")
_DASH = re.compile(r"\s+[–—-]+\s+|\s+@\s+")
_ARTICLE_WORDS = frozenset("der die das the a an le la les el los il lo de".split())


def find_byline(page: Page) -> Byline | None:
    """Return who signed the page's story, or None."""
    sites = site_names(page.head, page.article)
    marked = sorted(page.outline.bylines, key=lambda mark: _distance(page, mark))
    for byline in _candidates(page.head, page.article, [mark.element for mark in marked], sites):
        if byline.names:
            return byline
    return None


def _distance(page: Page, mark: Mark) -> int:
    """Return how far a byline stands from the story, in blocks; the space below counts double."""
    if mark.at <= page.story.start:
        return page.story.start - mark.at
    return 2 * max(mark.at - page.story.end, 0) + 4


def split_people(line: str, *, lone_words: bool = True) -> tuple[str, ...]:
    """Return the names in a byline; none where nothing in it is a name."""
    text = html.unescape(line) if "&" in line else line
    text = " ".join(text.split())
    if not text or len(text) > _MAX_LINE_CHARS:
        return ()
    words = page_words()
    text = _BRACKETS.sub("", text)
    for _ in range(2):
        text = words.by.sub("", text.strip(" :,|–—-•·"), count=1)
    text = _DATE_TAIL.sub("", text)
    names: dict[str, str] = {}
    for part in words.joins.split(text):
        name = _to_name(part, lone_words=lone_words)
        if name is not None:
            names.setdefault(to_folded(name), name)
    return tuple(names.values())[:_MAX_NAMES]


def _candidates(
    head: Head, article: StructuredArticle | None, marked: Sequence[Element], sites: frozenset[str]
) -> Iterator[Byline]:
    structured = () if article is None else article.authors
    people = [agent.name for agent in structured if agent.type != "organization"]
    organisations = [agent.name for agent in structured if agent.type == "organization"]
    yield Byline(_joined(people), "json_ld", 0.95)
    printed = [text for element in marked if (text := _text(element))]
    metas = [(name, head.metas[name]) for name in _METAS if name in head.metas]
    weak: list[Byline] = []
    for name, values in metas:
        byline = Byline(_joined(values), f"meta:{name}", 0.85)
        if any(to_folded(each).replace(" ", "") in sites for each in byline.names):
            weak.append(byline._replace(confidence=0.5))
        else:
            yield byline
    for text in printed:
        yield Byline(split_people(text, lone_words=False), "byline_element", 0.75, text)
    for text in printed:
        yield Byline(split_people(text), "byline_element", 0.55, text)
    yield Byline(_joined(organisations), "json_ld", 0.6)
    yield from weak


def _joined(lines: Iterable[str]) -> tuple[str, ...]:
    names: dict[str, str] = {}
    for line in lines:
        for name in split_people(line):
            names.setdefault(to_folded(name), name)
    return tuple(names.values())[:_MAX_NAMES]


def _to_name(part: str, *, lone_words: bool) -> str | None:
    """Return the name in one part of a byline, or None where it is a job, an address or nobody."""
    words = page_words()
    name = _DASH.split(part.strip())[0].strip(" .,:;|–—-•·*\"“”„»«")
    name = words.by.sub("", name, count=1)
    folded = " ".join(name.lower().split())
    if not name or folded in words.nobodies or len(name) > _MAX_NAME_CHARS or _ADDRESS.search(name):
        return None
    if words.jobs.search(name) or len(name.split()) > _MAX_NAME_WORDS or len(_LETTER.findall(name)) < 2:
        return None
    if not lone_words and (" " not in name or not _is_capitalised(name)):
        return None
    return name


def _is_capitalised(name: str) -> bool:
    words = [word for word in name.split() if word[0].isalpha()]
    capitals = sum(word[0].isupper() or not word[0].islower() for word in words)
    return capitals >= 2 and capitals * 2 >= len(words) and words[0].lower() not in _ARTICLE_WORDS


def _text(element: Element) -> str | None:
    """Return what an element that is called a byline shows, on one line; None for one that holds more."""
    pieces: list[str] = []
    chars = 0
    for text in element.itertext():
        bare = " ".join(text.split())
        if bare:
            chars += len(bare)
            pieces.append(bare)
        if chars > _MAX_LINE_CHARS:
            return None
    return "\n".join(pieces) or None
