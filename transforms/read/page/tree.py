"""A page as a tree: parsed once, with bounds on what a page may ask of its reader.

libxml2 rather than a parser that rebuilds what browsers build: what is unclosed costs it nothing, and it stops at
2,048 levels by itself. What does cost it, thousands of attributes on one element, is refused before.
"""

from __future__ import annotations

import re

from lxml import etree

Element = etree._Element

MAX_TAGS = 500_000
"""Elements of a page: about 100 MB of tree. Long live blogs have some ten thousand."""
MAX_ATTRIBUTES = 300
"""Attributes of one element; the parser compares each with all before it."""

_MANY_ATTRIBUTES = re.compile(
    rb"<[a-zA-Z](?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)?+){"
    + str(MAX_ATTRIBUTES).encode()
    + rb"}"
)
"""A quick look for what may be such a tag; scripts hold such things, too."""
_TAG = re.compile(rb"<(?:!--|([a-zA-Z][^\s/>]*)(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?)*+)")
"""A tag as the HTML standard cuts it: a quotation mark opens a value behind "=" only."""
_RAW_TEXT = {
    **{name: re.compile(rb"</" + name, re.IGNORECASE) for name in (b"script", b"style", b"textarea", b"title")},
    b"": re.compile(rb"--!?>"),
}
"""What ends text that holds no tags, by the name of the tag before it; the empty name is a comment's."""
_VALUE = re.compile(rb"=\s*+(?:\"[^\"]*+\"|'[^']*+')")
_MAX_SPACE_SHARE = 8
"""Pages are indented: so many characters are read for each that is shown."""


class PageLimitError(ValueError):
    """A page that asks for more than a page may; the message says where and of what."""


def parse_tree(page: bytes) -> Element | None:
    """Return the root of a page in UTF-8, or None where there is no element in it; raise PageLimitError."""
    _check(page)
    parser = etree.HTMLParser(
        remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True, no_network=True, collect_ids=False
    )
    try:
        return etree.fromstring(page, parser)
    except etree.XMLSyntaxError:
        return None


def to_text(element: Element, max_chars: int) -> str:
    """Return what an element shows, on one line, as far as `max_chars`: what is called a date may hold a page."""
    if not len(element):  # most are a word or two, and an iterator costs more than they do
        return " ".join((element.text or "").split())[:max_chars]
    pieces: list[str] = []
    chars = 0
    for text in element.itertext():
        pieces.append(text)
        chars += len(text)
        if chars > max_chars * _MAX_SPACE_SHARE:
            break
    return " ".join(" ".join(pieces).split())[:max_chars]


def _check(page: bytes) -> None:
    tags = page.count(b"<") if len(page) > MAX_TAGS else 0
    if tags > MAX_TAGS:
        raise PageLimitError(f"{tags} tags begin before byte {len(page)}, beyond the limit of {MAX_TAGS}")
    tag = _TAG.search(page) if _MANY_ATTRIBUTES.search(page) is not None else None
    while tag is not None:
        is_long = tag.end() - tag.start() > 2 * MAX_ATTRIBUTES
        if is_long and len(_VALUE.sub(b"= ", tag.group()).split()) > MAX_ATTRIBUTES:
            raise PageLimitError(f"the tag at byte {tag.start()} has more than {MAX_ATTRIBUTES} attributes")
        ending = _RAW_TEXT.get((tag[1] or b"").lower())
        end = tag if ending is None else ending.search(page, tag.end())
        tag = None if end is None else _TAG.search(page, end.end())
