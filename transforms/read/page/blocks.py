"""Blocks of text as a page sets them: paragraphs, headings, list items, cells; and the elements they lie in.

One walk over the tree; nothing is judged here beyond what each element's own name, class and style say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from transforms.read.page.furniture import Kind, Trait, find_kind, find_link_kind
from transforms.read.page.tree import Element, to_text

_BREAK = "\x00"
"""Stands for <br> while a block is gathered; the parser lets no NUL through."""

_INLINE = frozenset(
    re.findall(
        r"\S+",
        "a b i em strong span font u s small sub sup abbr cite code q time mark label ins del bdi bdo kbd var samp tt "
        "big strike acronym dfn nobr wbr data ruby rb rt",
    )
)
_SKIPPED = frozenset(
    re.findall(
        r"\S+",
        "script style svg noscript template iframe select button nav input textarea object embed canvas math audio "
        "video map dialog head picture datalist progress meter applet frameset noframes",
    )
)
"""Elements that hold no text of a story, whatever they are called."""
_SILENT = frozenset(("script", "noscript", "style", "svg", "input", "template"))
"""Those of them that stand in the middle of a sentence without parting it."""
_VOID = frozenset(("br", "img", "source", "meta", "link", "hr"))
_MAX_ADDRESS_CHARS = 300
MAX_MARKS = 400
"""Elements of one kind that are looked at: a page of nothing but bylines holds half a million."""
_MAX_INLINE_CHARS = 200
"""Page builders wrap whole stories in a <span>; no caption or label is that long."""
_WRITERS = frozenset(
    re.findall(
        r"\S+",
        "author authors autor autoren autores "
        "autora autoras autorin autorek auteur auteurs autore autori profil "
        "profile profils profiles people person team newsteam by contributor contributors journalist journalists "
        "columnist columnists redakteur redakteure redaktion staff writer writers byline "
        "reporter reporters firma firmas",
    )
)
"""Folders of sites in which pages about writers lie."""

_BLOCK, _IN_LINE, _LINK, _EMPTY, _SKIP = range(5)
_WAYS = dict.fromkeys(_INLINE, _IN_LINE) | {"a": _LINK} | dict.fromkeys(_VOID, _EMPTY)
"""What the walk does with an element; what is not listed holds blocks, which is 0."""
_HOLDING = frozenset((_BLOCK, _SKIP))
"""What is to be skipped and was not holds blocks: a button that nothing closes has the article in it."""

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


class Node(NamedTuple):
    """An element that holds blocks; `parent` is the index of the one around it, -1 for the outermost."""

    tag: str
    parent: int
    trait: Trait
    names: str


class Block(NamedTuple):
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


def to_outline(root: Element, *, without_scripts: bool = False) -> Outline:
    """Return the blocks of a page; `without_scripts` also those for readers whose scripts do not run."""
    body = root.find("body")
    return _Walk(_SKIPPED - {"noscript"} if without_scripts else _SKIPPED).through(body if body is not None else root)


class _Walk:
    """Gathers text until a block ends. The loop is the hottest of the reader: what it does often, it does in place."""

    def __init__(self, skipped: frozenset[str]) -> None:
        self.ways = defaultdict(int, _WAYS | dict.fromkeys(skipped, _SKIP))
        self.outline = Outline()
        self.node = -1
        self.pieces: list[str] = []
        self.link_chars = 0
        self.has_left_open = False

    def through(self, body: Element) -> Outline:
        nodes, pieces, ways = self.outline.nodes, self.pieces, self.ways
        walker = etree.iterwalk(body, events=("start", "end"))
        skipped: Element | None = None
        links = 0
        for event, element in walker:
            tag: str = element.tag  # type: ignore[assignment]  # comments are not parsed, so it is no function
            way = ways[tag]
            if event == "start":
                if way == _BLOCK or (tag == "button" and self._is_left_open(element)):
                    kind = find_kind(tag, element.items())
                    if kind.is_noted:
                        self._note(element, kind)
                    if pieces:
                        self._flush()
                    nodes.append(Node(tag, self.node, kind.trait, kind.names))
                    self.node = len(nodes) - 1
                elif way == _EMPTY:
                    if tag == "br":
                        pieces.append(_BREAK)
                    continue
                else:
                    if way == _SKIP or (self._inline_kind(element, tag, way).is_out and self._passes_over(element)):
                        walker.skip_subtree()
                        skipped = element
                        continue
                    links += way == _LINK
                text = element.text
            else:
                if element is skipped:
                    skipped = None
                    if pieces and tag not in _INLINE and tag not in _SILENT:
                        self._flush()
                elif way in _HOLDING:
                    if pieces:
                        self._flush()
                    self.node = nodes[self.node].parent
                elif way == _LINK:
                    links -= 1
                text = element.tail
                if self.node < 0:
                    continue
            if text and (pieces or not text.isspace()):
                pieces.append(text)
                if links:
                    self.link_chars += len(text) if "\n" not in text else len(" ".join(text.split()))
        return self.outline

    def _inline_kind(self, element: Element, tag: str, way: int) -> Kind:
        """Return what an element in a line is, and note where it names a writer, a date or the headline."""
        items = element.items()
        if way == _LINK:
            get = dict(items).get
            kind = find_link_kind(get("class"), get("rel"), get("itemprop"))
            if kind.is_byline or _is_of_writer(get("href")):
                self._mark(element, self.outline.bylines)
            return kind
        kind = find_kind(tag, items)
        if kind.is_noted:
            self._note(element, kind)
        return kind

    def _is_left_open(self, button: Element) -> bool:
        """Return whether a button holds the page's article, since nothing closes it; a page has one such at most."""
        is_open = not self.has_left_open and button.find(".//article") is not None
        self.has_left_open = self.has_left_open or is_open
        return is_open

    def _passes_over(self, element: Element) -> bool:
        """Return whether an inline element is a short label; note what it says of author and date."""
        if len(to_text(element, _MAX_INLINE_CHARS)) >= _MAX_INLINE_CHARS:
            return False
        self._mark(element, self.outline.dated)
        for inner in element.iterdescendants() if len(element) else ():
            kind = find_kind(str(inner.tag), inner.items())
            if kind.is_byline:
                self._mark(inner, self.outline.bylines)
            if kind.is_date:
                self._mark(inner, self.outline.dated)
        return True

    def _note(self, element: Element, kind: Kind) -> None:
        if kind.is_byline:
            self._mark(element, self.outline.bylines)
        if kind.is_date:
            self._mark(element, self.outline.dated)
        if kind.is_title:
            self._mark(element, self.outline.titles)

    def _mark(self, element: Element, marks: list[Mark]) -> None:
        if len(marks) < MAX_MARKS:
            marks.append(Mark(element, len(self.outline.blocks) + bool(self.pieces), self.node))

    def _flush(self) -> None:
        joined = "".join(self.pieces)
        self.pieces.clear()
        link_chars, self.link_chars = self.link_chars, 0
        tag = self.outline.nodes[self.node].tag
        for text in _split_breaks(joined) if _BREAK in joined else (" ".join(joined.split()),):
            if text:
                self.outline.blocks.append(Block(text, tag, self.node, min(link_chars, len(text))))


def _is_of_writer(address: str | None) -> bool:
    """Return whether a link leads into a folder of pages about writers."""
    return address is not None and not _WRITERS.isdisjoint(address[:_MAX_ADDRESS_CHARS].lower().split("/")[:-1])


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
