"""The headings of a page, and where they stand: those of the first rank, and lesser ones that may be the headline."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from lxml import etree

from transforms.read.page.blocks import Block, Mark, Outline
from transforms.read.page.furniture import LEAD
from transforms.read.page.names import to_folded
from transforms.read.page.title_text import MAX_CHARS, clean_title, is_site_name
from transforms.read.page.tree import Element

_LESSER = frozenset(("h2", "h3"))
_SILENT = frozenset(("script", "style", "svg"))
_PARTING = frozenset(("br", "div", "span", "p"))
_MAX_PIECES = 1_000
_KICKER = re.compile(
    r"kicker|overline|topline|eyebrow|dachzeile|roofline|supertitle|rubric|visuallyhidden|sr-only|label|flag|badge",
    re.I,
)
_BELOW_BLOCKS = 4
"""The first paragraph of prose is one of these: between it and its headline stand byline, date and a caption."""
_MIN_PROSE_CHARS = 100
_NEXT_BLOCKS = 3
"""A second heading is one of these: between the two stand a kicker and a line of names."""


class Heading(NamedTuple):
    """A heading of the first rank."""

    bare: str
    """Its text without a kicker in an element of its own."""
    whole: str
    is_above_story: bool
    """Whether prose follows it at once."""


def first_headings(outline: Outline, sites: frozenset[str]) -> Iterator[Heading]:
    """Yield the headings of the first rank that are not the site's name."""
    for mark in outline.titles:
        bare, whole = (clean_title(_text(mark.element, kickers=kickers), sites) for kickers in (False, True))
        if bare is not None and whole is not None and not is_site_name(bare, sites):
            is_above_story = _is_shown(mark) and is_story_below(outline, mark.at)
            yield Heading(bare, whole, is_above_story and not _is_furniture(outline, mark.node))


def lesser_headings(outline: Outline) -> Iterator[tuple[int, Block]]:
    """Yield the lesser headings with their place among the page's blocks."""
    return ((index, block) for index, block in enumerate(outline.blocks) if _is_lesser(block))


def second_headings(outline: Outline) -> Iterator[Block]:
    """Yield the lesser headings that stand right below one of the first rank."""
    for mark in outline.titles:
        if _is_shown(mark):
            yield from filter(_is_lesser, outline.blocks[mark.at + 1 : mark.at + 1 + _NEXT_BLOCKS])


def lines_above_story(outline: Outline, wanted: Collection[str]) -> Iterator[str]:
    """Yield the lines of the page, no links, that are one of the wanted texts and have prose right below them."""
    for index, block in enumerate(outline.blocks):
        is_line = len(block.text) < MAX_CHARS and not block.link_chars
        if is_line and to_folded(block.text) in wanted and is_story_below(outline, index):
            yield block.text.replace("\u00ad", "")


def is_story_below(outline: Outline, at: int) -> bool:
    """Return whether prose follows a block at once."""
    below = outline.blocks[at + 1 : at + 1 + _BELOW_BLOCKS]
    return any(len(block.text) >= _MIN_PROSE_CHARS and not block.link_chars for block in below)


def _is_shown(mark: Mark) -> bool:
    """Return whether a heading is among the page's blocks."""
    return mark.node >= 0


def _is_furniture(outline: Outline, node: int) -> bool:
    """Return whether an element or one around it is a cookie wall or the like, which has headings and prose too.

    An article's header is none: headline and standfirst lie in it.
    """
    while node >= 0:
        if outline.nodes[node].trait.is_out and LEAD.search(outline.nodes[node].names) is None:
            return True
        node = outline.nodes[node].parent
    return False


def _is_lesser(block: Block) -> bool:
    return block.tag in _LESSER and len(block.text) < MAX_CHARS


def _text(heading: Element, *, kickers: bool) -> str:
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
