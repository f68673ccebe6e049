"""Markup: XML read without trust, and repaired where its writer erred.

No document type is loaded, no address is opened, entities do not nest; depth and text nodes have libxml2's limits
(256 elements, 10 MB). What is not well-formed is read once more as a lenient reader would, and is flagged.
"""

from __future__ import annotations

import codecs
import html.entities
import re
from collections.abc import Callable
from typing import NamedTuple

from lxml import etree

from transforms.read.blocks import to_printable
from transforms.read.decoding import Decoded, decode_page

MAX_TAGS = 500_000
"""Tags of one document: about 100 MB of tree. Long reports have some thousands."""

CHUNK = 64 * 1024
"""Bytes or characters that are handed to libxml2 at once; its buffer has a limit, too."""


class MarkupError(ValueError):
    """Markup that can't be read: `reason` is the quarantine's, the message says where and why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Parsed(NamedTuple):
    """A document's tree, the quality flags that reading it raised, and the encoding it was read with."""

    root: etree._Element
    flags: tuple[str, ...]
    encoding: str


REPAIRED = "markup_repaired"
"""Quality flag: the document broke the rules of its markup and was read as a lenient reader reads it."""


NOT_XML = "read.not_xml"
LIMITS = "read.xml_limits"
EXTERNAL = "read.xml_external_entity"

_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});|&#(?:1[2-5][0-9]|[xX][89][0-9a-fA-F]);")
_XML_NAMES = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
_EXTERNAL_ENTITY = re.compile(rb"<!ENTITY\s+(?!%)[^\s>]+\s+(?:SYSTEM|PUBLIC)\b")
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_DECLARATION = re.compile(r"<\?xml\b[^>]{0,400}\?>", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]+)\s+(?:\"([^\"&%<]{0,1000})\"|'([^'&%<]{0,1000})')\s*>")
_REFERENCE = re.compile(r"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};)([\w.-]{1,64};)?")
_STRAY = re.compile("[\udc80-\udcff]")
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)


def new_parser(tags: tuple[str, ...] = (), *, recover: bool = False) -> etree.XMLPullParser:
    """Return a parser that trusts nothing; it tells the start and end of elements named in `tags`."""
    return etree.XMLPullParser(
        events=("start", "end"),
        tag=tags or ("{}none",),
        resolve_entities="internal",
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
    )


def parse_xml(raw: bytes, mend: Callable[[str], str] | None = None) -> Parsed:
    """Return the tree of a document, repaired if need be; raise MarkupError when there is none or limits are passed.

    `mend` knows the format: it is given the text of a broken document before it is repaired.
    """
    if raw.count(b"<") > MAX_TAGS:
        raise MarkupError(LIMITS, f"more than {MAX_TAGS} tags begin before byte {len(raw)}; no article has as many")
    wide = find_wide(raw)
    well_formed = raw if wide is None else _decode_wide(raw, wide).encode("utf-8")
    try:
        root = parse_strictly(resolve_names(well_formed))
    except etree.XMLSyntaxError as error:
        refuse_hostile(raw, error)
        decoded = decode_markup(raw)
        text = decoded.text if mend is None else mend(decoded.text)
        return Parsed(parse_leniently(text, error), (REPAIRED, *decoded.flags), decoded.encoding)
    return Parsed(root, (), wide or (root.getroottree().docinfo.encoding or "utf-8").lower())


def parse_strictly(raw: bytes) -> etree._Element:
    """Return the tree of well-formed bytes; raise etree.XMLSyntaxError."""
    parser = new_parser()
    for start in range(0, len(raw), CHUNK):
        parser.feed(raw[start : start + CHUNK])
    root = parser.close()
    if root is None:
        raise etree.XMLSyntaxError("no element found", 4, 1, 1)
    return root


def parse_leniently(text: str, error: etree.XMLSyntaxError | None = None) -> etree._Element:
    """Return the tree that is in broken markup; raise MarkupError, with the place of `error`, when nothing is."""
    parser = new_parser(recover=True)
    repaired = repair(text)
    try:
        for start in range(0, len(repaired), CHUNK):
            parser.feed(repaired[start : start + CHUNK].encode("utf-8"))
        root = parser.close()
    except etree.XMLSyntaxError as still:
        raise not_xml(error or still) from still
    if root is None:
        raise not_xml(error)
    return root


def not_xml(error: etree.XMLSyntaxError | None) -> MarkupError:
    """Return the refusal of a document that breaks the rules of XML at the place of `error`."""
    return MarkupError(NOT_XML, f"{_place(error)}, so the file can't be read as XML; repair it and bring it again")


def refuse_hostile(raw: bytes, error: etree.XMLSyntaxError) -> None:
    """Raise MarkupError where markup asks for what no article needs: expansions, depth, files from elsewhere."""
    if "limit" in (error.msg or "").lower() or error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT or _is_limit(error):
        raise MarkupError(LIMITS, f"{_place(error)}: the markup is beyond what an XML document may ask of its reader")
    if _EXTERNAL_ENTITY.search(raw[: 1 << 16]):
        raise MarkupError(EXTERNAL, f"{_place(error)}: the document asks for a file from elsewhere; none is opened")


def find_wide(head: bytes) -> str | None:
    """Return the encoding of markup whose characters take two or four bytes, or None."""
    return next((encoding for mark, encoding in _WIDE if head.startswith(mark)), None)


def decode_markup(raw: bytes) -> Decoded:
    """Return text and encoding by byte order mark, declaration, or what the bytes make plausible; always some text."""
    wide = find_wide(raw)
    if wide is not None:
        return Decoded(_decode_wide(raw, wide), wide)
    decoded = decode_page(raw)
    return Decoded(_decode_mixed(raw), "windows-1252", guessed=True) if decoded.damaged else decoded


def resolve_names(raw: bytes) -> bytes:
    """Return markup with HTML's named characters (&nbsp;) and control characters that pose as marks as numbers.

    XML knows five names only; files use the others with a document type that is not loaded, or without one.
    """
    return _NAMED.sub(_to_number, raw) if b"&" in raw else raw


def repair(text: str) -> str:
    """Return markup whose commonest errors are undone: what stands before it, stray ampersands, lost control marks."""
    start = text.find("<")
    body = _DECLARATION.sub("", text[max(start, 0) :])
    doctype = _DOCTYPE.search(body)
    entities = {}
    if doctype is not None:
        entities = {name: one or other for name, one, other in _ENTITY.findall(doctype.group())}
        body = body[: doctype.start()] + body[doctype.end() :]
    parts = _CDATA.split(to_printable(body))
    parts[::2] = [_REFERENCE.sub(lambda match: _to_text(match, entities), part) for part in parts[::2]]
    return "".join(parts)


def _to_text(match: re.Match[str], entities: dict[str, str]) -> str:
    """Return what a reference stands for, or its ampersand, in numbers: libxml2 drops names behind an error."""
    name = match[1] or ""
    known = entities.get(name[:-1]) or html.entities.html5.get(name)
    return f"&#38;{name}" if known is None else "".join(f"&#{ord(character)};" for character in known)


def _to_number(match: re.Match[bytes]) -> bytes:
    name = match[1]
    if name is None:
        mark = html.unescape(match.group().decode("ascii"))
        return match.group() if 0x7F <= ord(mark[:1] or "\x7f") <= 0x9F else _numbers(mark)
    if name in _XML_NAMES:
        return match.group()
    characters = html.entities.html5.get(name.decode("ascii") + ";")
    return match.group() if characters is None else _numbers(characters)


def _numbers(characters: str) -> bytes:
    return b"".join(b"&#%d;" % ord(character) for character in characters)


def _decode_wide(raw: bytes, encoding: str) -> str:
    text = raw.decode(encoding, "replace").removeprefix("\ufeff")
    return _DECLARATION.sub("", text, count=1)


def _decode_mixed(raw: bytes) -> str:
    """Return text that is UTF-8 where it can be, and windows-1252 byte by byte where it can't."""
    escaped = raw.decode("utf-8", "surrogateescape")
    return _STRAY.sub(lambda match: bytes([ord(match.group()) - 0xDC00]).decode("windows-1252", "replace"), escaped)


def _is_limit(error: etree.XMLSyntaxError) -> bool:
    message = error.msg or ""
    return any(word in message for word in ("amplification", "Excessive depth", "too long", "entity reference loop"))


def _place(error: etree.XMLSyntaxError | None) -> str:
    if error is None:
        return "line 1, column 1: no element"
    line, column = error.position
    message = re.sub(r",\s*(?:see|use|try) \w+|, line \d+, column \d+", "", error.msg or "not well-formed")
    return f"line {line}, column {column}: {message}"
