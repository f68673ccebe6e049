"""Blocks of text as a page sets them: paragraphs, headings, list items, cells; and the elements they lie in.

One walk over the tree; nothing is judged here beyond what each element's own name, class and style say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from transforms.read.page.furniture import FURNITURE_TAGS, PLAIN, Trait, is_hidden, kind_of
from transforms.read.page.tree import Element

_BREAK = "\x00"
"""Stands for <br> while a block is gathered; the parser lets no NUL through."""

_INLINE = frozenset(
    "a b i em strong span font u s small sub sup abbr cite code q time mark label ins del bdi bdo kbd var samp tt big "
    "strike acronym dfn nobr wbr data ruby rb rt center-inline".split()
)
_SKIPPED = frozenset(
    "script style svg noscript template iframe select button nav input textarea object embed canvas math "
    "audio video map dialog head picture datalist progress meter applet frameset noframes".split()
)
"""Elements that hold no text of a story, whatever they are called."""

_MAX_INLINE_CHARS = 200
"""Page builders wrap whole stories in a <span>; no caption or label is that long."""

_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es|a|as|in|ek)?|auteurs?|autore|autori|profile?s?|people|person|team|newsteam|by|contributors?|journalists?|"
    r"columnists?|redakteure?|redaktion|staff|writers?|byline|reporters?|firmas?|medarbeider)/[^/?#]",
    re.IGNORECASE,
)
"""Addresses of pages about a writer."""

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(frozen=True, slots=True)
class Node:
    """An element that holds blocks; `parent` is the index of the one around it, -1 for the outermost."""

    tag: str
    parent: int
    trait: Trait
    names: str


@dataclass(slots=True)
class Block:
    """A run of text without a break; `node` is the index of the element around it."""

    text: str
    tag: str
    node: int
    link_chars: int


class Mark(NamedTuple):
    """An element that is called something."""

    element: Element
    at: int
    """Number of blocks before it."""
    node: int
    """Index of the element around it that holds blocks, -1 for none."""


@dataclass(slots=True)
class Outline:
    """A page's blocks in the order of the page, and the elements that hold them."""

    nodes: list[Node] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    titles: list[Mark] = field(default_factory=list)
    """Headings of the first rank."""
    bylines: list[Mark] = field(default_factory=list)
    """Elements that are called an author or a byline."""
    dated: list[Mark] = field(default_factory=list)
    """Elements that are called a date, and time elements."""


class _Gatherer:
    """Gathers text until a block ends."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.open: list[int] = []
        self.pieces: list[str] = []
        self.link_chars = 0
        self.link_depth = 0

    def add(self, text: str) -> None:
        self.pieces.append(text)
        if self.link_depth:
            self.link_chars += len(text) if "\n" not in text else len(" ".join(text.split()))

    def mark(self, element: Element) -> Mark:
        return Mark(element, len(self.outline.blocks) + bool(self.pieces), self.open[-1] if self.open else -1)

    def mark_within(self, element: Element) -> None:
        """Mark what a short element that is passed over says of author and date."""
        self.outline.dated.append(self.mark(element))
        for inner in element.iterdescendants():
            get = inner.attrib.get
            kind = kind_of(str(inner.tag), f"{get('class', '')} {get('id', '')} {get('itemprop', '')} {get('rel', '')}")
            if kind.is_byline:
                self.outline.bylines.append(self.mark(inner))
            if kind.is_date or inner.tag == "time":
                self.outline.dated.append(self.mark(inner))

    def flush(self) -> None:
        if not self.pieces:
            return
        joined = "".join(self.pieces)
        self.pieces.clear()
        link_chars, self.link_chars = self.link_chars, 0
        if _BREAK not in joined:
            text = " ".join(joined.split())
            if text:
                self._append(text, link_chars)
            return
        for paragraph in _split_breaks(joined):
            self._append(paragraph, min(link_chars, len(paragraph)))

    def _append(self, text: str, link_chars: int) -> None:
        node = self.open[-1]
        self.outline.blocks.append(Block(text, self.outline.nodes[node].tag, node, link_chars))

    def enter(self, element: Element, trait: Trait, names: str) -> None:
        self.flush()
        parent = self.open[-1] if self.open else -1
        self.outline.nodes.append(Node(str(element.tag), parent, trait, names))
        self.open.append(len(self.outline.nodes) - 1)

    def leave(self) -> None:
        self.flush()
        self.open.pop()


def to_outline(root: Element) -> Outline:
    """Return the blocks of a page."""
    gatherer = _Gatherer()
    body = root.find("body")
    walker = etree.iterwalk(body if body is not None else root, events=("start", "end"))
    skipped: Element | None = None
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if tag in _SKIPPED:
                walker.skip_subtree()
                skipped = element
                continue
            inline = tag in _INLINE
            attributes = element.attrib
            kind = PLAIN
            names = ""
            if attributes or tag in FURNITURE_TAGS:
                get = attributes.get
                names = f"{get('class', '')} {get('id', '')} {get('itemprop', '')} {get('role', '')} {get('rel', '')}"
                kind = kind_of(tag, names)
                if kind.is_byline:
                    gatherer.outline.bylines.append(gatherer.mark(element))
                if kind.is_date:
                    gatherer.outline.dated.append(gatherer.mark(element))
            if tag == "h1":
                gatherer.outline.titles.append(gatherer.mark(element))
            elif tag == "time" and not kind.is_date:
                gatherer.outline.dated.append(gatherer.mark(element))
            trait = Trait.HIDDEN if attributes and is_hidden(attributes) else kind.trait
            if inline:
                if trait.is_out and _is_short(element):
                    gatherer.mark_within(element)
                    walker.skip_subtree()
                    skipped = element
                    continue
                if tag == "a":
                    gatherer.link_depth += 1
                    if not kind.is_byline and _AUTHOR_PAGE.search(attributes.get("href", "")):
                        gatherer.outline.bylines.append(gatherer.mark(element))
            elif tag == "br":
                gatherer.pieces.append(_BREAK)
            elif tag == "img" or tag == "source":
                pass
            else:
                gatherer.enter(element, trait, names)
            if element.text:
                gatherer.add(element.text)
        else:
            if element is skipped:
                skipped = None
                if tag not in _INLINE and tag not in ("script", "noscript", "svg"):
                    gatherer.flush()
            elif tag == "a":
                gatherer.link_depth -= 1
            elif tag not in _INLINE and tag not in ("br", "img", "source"):
                gatherer.leave()
            if element.tail and gatherer.open:
                gatherer.add(element.tail)
    return gatherer.outline


def _is_short(element: Element) -> bool:
    return sum(map(len, element.itertext())) < _MAX_INLINE_CHARS


def _split_breaks(joined: str) -> list[str]:
    """Return the paragraphs of a block with line breaks: two breaks part them, one is a space."""
    paragraphs: list[str] = []
    lines: list[str] = []
    for line in joined.split(_BREAK):
        text = " ".join(line.split())
        if text:
            lines.append(text)
        elif lines:
            paragraphs.append(" ".join(lines))
            lines = []
    if lines:
        paragraphs.append(" ".join(lines))
    return paragraphs
