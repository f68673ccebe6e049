"""A page as a tree: parsed once, with a bound on its depth that the parser itself keeps.

libxml2 rather than a parser that rebuilds what browsers do: its time and memory grow with the page and nothing else,
whatever is unclosed or nested in it.
"""

from __future__ import annotations

from lxml import etree

Element = etree._Element

_MAX_SPACE_SHARE = 8
"""Pages are indented: so many characters are read for each that is shown."""


def parse_tree(page: bytes) -> Element | None:
    """Return the root of a page in UTF-8, or None where there is no element in it."""
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=True, no_network=True, collect_ids=False)
    try:
        root = etree.fromstring(page, parser)
    except etree.XMLSyntaxError:
        return None
    return root


def to_text(element: Element, max_chars: int) -> str:
    """Return what an element shows, on one line, as far as `max_chars`: elements that are called things may hold pages."""
    pieces: list[str] = []
    chars = 0
    for text in element.itertext():
        pieces.append(text)
        chars += len(text)
        if chars > max_chars * _MAX_SPACE_SHARE:
            break
    return " ".join(" ".join(pieces).split())[:max_chars]
