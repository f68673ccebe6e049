"""Blocks: marked-up copy becomes paragraphs of plain text; tables become a line for each row.

Markup inside is data: nothing of it is executed or fetched. Finding the article on a web page does not belong here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from lxml import etree

BLOCKS = frozenset(
    re.findall(
        r"\S+",
        "address article aside blockquote body center dd details div dl dt fieldset figure footer form "
        "h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul "
        "block body.content bq fn hl1 hl2 lede nitf-table sidebar",
    )
)
"""Elements of HTML and NITF that begin and end a paragraph."""

DROPPED = frozenset(
    re.findall(
        r"\S+",
        "audio button canvas datalist embed figcaption frameset head iframe img input map math media noscript object "
        "script select style svg template textarea title video nitf-table-metadata",
    )
)
"""Elements whose content is no running text: programs, forms, pictures with their captions."""

_CELLS = frozenset(("td", "th"))
_CELL_BREAK = " | "
_PARAGRAPH_BREAK = "\n\n"
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_TWO_SPACES = re.compile(" {2,}")
_BLANK_LINES = re.compile("\n{2,}")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MARKUP = re.compile(r"<[a-zA-Z/!?]|&#?\w+;")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class _Copy:
    """A target of lxml's parsers that gathers paragraphs; it keeps no tree, so nesting costs nothing."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self._parts: list[str] = []
        self._has_text = False
        self._dropped = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._dropped or tag in DROPPED or (attributes and _is_hidden(attributes)):
            self._dropped += 1
        elif tag in BLOCKS:
            self._end_paragraph()
        elif tag == "br":
            self._parts.append("\n")
        elif tag in _CELLS and self._has_text:
            self._parts.append(_CELL_BREAK)

    def end(self, tag: str) -> None:
        if self._dropped:
            self._dropped -= 1
        elif tag in BLOCKS:
            self._end_paragraph()

    def data(self, text: str) -> None:
        if text and not self._dropped:
            self._parts.append(_SPACES.sub(" ", text))
            self._has_text = self._has_text or not text.isspace()

    def comment(self, _text: str) -> None:
        """Comments say nothing to readers."""

    def pi(self, _target: str, _text: str | None = None) -> None:
        """Processing instructions neither."""

    def close(self) -> str:
        self._end_paragraph()
        return _PARAGRAPH_BREAK.join(self.paragraphs)

    def _end_paragraph(self) -> None:
        if self._has_text:
            lines = _TWO_SPACES.sub(" ", "".join(self._parts)).replace(" \n", "\n").replace("\n ", "\n")
            parts = (part.strip() for part in (_BLANK_LINES.split(lines) if "\n" in lines else (lines,)))
            self.paragraphs.extend(part for part in parts if part)
        self._parts = []
        self._has_text = False


def html_to_text(markup: str) -> str:
    """Return the paragraphs of an HTML page or fragment, joined by one blank line; text without markup stays.

    Cost: linear; elements may be nested as deep as they like.
    """
    printable = to_printable(markup)
    if not printable.strip():
        return ""
    copy = _Copy()
    parser = etree.HTMLParser(target=copy, huge_tree=True)  # type: ignore[call-overload]
    try:
        return str(etree.fromstring(f"<body>{printable}", parser))
    except etree.XMLSyntaxError:
        return copy.close()


def element_to_text(element: etree._Element) -> str:
    """Return the paragraphs of an XHTML or NITF element, joined by one blank line."""
    copy = _Copy()
    for event, each in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        is_element = isinstance(each.tag, str)
        if event == "start" and is_element:
            copy.start(local_name(each), dict(each.attrib))
            copy.data(each.text or "")
        elif event != "start":
            if is_element:
                copy.end(local_name(each))
            if each is not element:
                copy.data(each.tail or "")
    return to_printable(copy.close())


def html_to_line(markup: str) -> str:
    """Return a headline or name as one line of text, its tags and character references resolved."""
    if _MARKUP.search(markup) is None:
        return to_line(markup)
    return to_line(html_to_text(markup))


def element_to_line(element: etree._Element) -> str:
    """Return the text of an element as one line."""
    return to_line(element_to_text(element))


def to_line(text: str) -> str:
    """Return text on one line, printable, without space at its ends."""
    return " ".join(to_printable(text).split())


def to_printable(text: str) -> str:
    """Return text that a column can hold: windows-1252 marks that pose as control characters become marks.

    Control characters and halves of surrogate pairs are left out.
    """
    return text if text.isprintable() else _UNPRINTABLE.sub(_to_mark, text)


def local_name(element: etree._Element) -> str:
    """Return an element's name in lower case without namespace and prefix."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _to_mark(match: re.Match[str]) -> str:
    code = ord(match.group())
    if not 0x80 <= code <= 0x9F:
        return ""
    mark = html.unescape(f"&#{code};")
    return "" if len(mark) == 1 and ord(mark) == code else mark


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return "hidden" in attributes or _HIDDEN.search(attributes.get("style") or "") is not None
