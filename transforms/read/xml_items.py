"""Items of an XML file: cut out one by one while the file streams by, each readable alone.

An item is serialised with the namespaces and the language of what is around it. A file that breaks is read once more
from the buffer, its items cut by their tags, so that one broken item costs only itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple
from xml.sax.saxutils import quoteattr

from lxml import etree

from transforms.read.blocks import local_name
from transforms.read.markup import (
    CHUNK,
    LIMITS,
    MAX_TAGS,
    MarkupError,
    decode_markup,
    find_wide,
    new_parser,
    not_xml,
    parse_leniently,
    refuse_hostile,
    repair,
    resolve_names,
)

TOO_LARGE = "read.document_too_large"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LONGEST_NAME = 40
"""Bytes held back behind an ampersand at the end of a chunk: a longer reference is none."""
_TAKEN = "taken"
_START_TAG = re.compile(r"<[\w.:-]+")


class XmlItem(NamedTuple):
    """An item: its name, its bytes, and the tree of what was read of the file so far."""

    name: str
    raw: bytes
    whole_file: bool
    element: etree._Element | None
    """The item's tree, good until the next item is asked for; None for one cut out of a broken file."""


class XmlRest(NamedTuple):
    """What is left of the file when all items are out; comes last, once."""

    root: etree._Element | None
    encoding: str
    failure: MarkupError | None
    raw: bytes | None
    """The file's bytes, where they were few enough to be held."""


@dataclass(slots=True)
class _Scan:
    """How far the reading of a file has come."""

    tags: tuple[str, ...]
    limit_bytes: int
    parser: etree.XMLPullParser
    buffer: bytearray = field(default_factory=bytearray)
    overflowed: bool = False
    items: int = 0
    depth: int = 0
    since_item: int = 0
    tags_since_item: int = 0
    encoding: str = "utf-8"


def read_items(source: BinaryIO, tags: tuple[str, ...], limit_bytes: int) -> Iterator[XmlItem | XmlRest]:
    """Yield the outermost elements named in `tags` (local names), then the rest.

    Memory: `limit_bytes` of buffer and the tree of one item; an item or a rest that is larger ends the reading.
    """
    scan = _Scan(tags, limit_bytes, new_parser(tuple(f"{{*}}{tag}" for tag in tags)))
    try:
        yield from _read_strictly(source, scan)
        return
    except etree.XMLSyntaxError as error:
        failure = error
    except MarkupError as error:
        yield XmlRest(None, scan.encoding, error, _held(scan))
        return
    try:
        _hold(scan, source.read(max(limit_bytes + 1 - len(scan.buffer), 0)))
        refuse_hostile(bytes(scan.buffer[: 1 << 16]), failure)
        if scan.overflowed:
            raise not_xml(failure)
        yield from _read_leniently(scan, failure)
    except MarkupError as error:
        yield XmlRest(None, scan.encoding, error, _held(scan))


def _read_strictly(source: BinaryIO, scan: _Scan) -> Iterator[XmlItem | XmlRest]:
    """Yield items and rest of a well-formed file; raise etree.XMLSyntaxError or MarkupError where it is none."""
    for chunk in _chunks(source, scan):
        scan.parser.feed(chunk)
        yield from _take_items(scan)
        scan.since_item += len(chunk)
        scan.tags_since_item += chunk.count(b"<")
        _refuse_endless(scan)
    root = scan.parser.close()
    yield from _take_items(scan)
    if not find_wide(bytes(scan.buffer[:4])):
        scan.encoding = (root.getroottree().docinfo.encoding or "utf-8").lower()
    yield XmlRest(root, scan.encoding, None, _held(scan))


def _chunks(source: BinaryIO, scan: _Scan) -> Iterator[bytes]:
    """Yield the file in chunks that libxml2 can read, no reference cut in two."""
    head = source.read(CHUNK)
    _hold(scan, head)
    wide = find_wide(head)
    if wide is not None:
        yield from _wide_chunks(head, source, scan, wide)
        return
    rest = b""
    while head:
        chunk = rest + head
        cut = chunk.rfind(b"&", max(len(chunk) - _LONGEST_NAME, 0))
        cut = len(chunk) if cut < 0 or b";" in chunk[cut:] else cut
        rest = chunk[cut:]
        yield resolve_names(chunk[:cut])
        head = source.read(CHUNK)
        _hold(scan, head)
    if rest:
        yield rest


def _wide_chunks(head: bytes, source: BinaryIO, scan: _Scan, encoding: str) -> Iterator[bytes]:
    """Yield a UTF-16 or UTF-32 file as UTF-8; it must be within the buffer's limit."""
    scan.encoding = encoding
    _hold(scan, source.read(max(scan.limit_bytes + 1 - len(head), 0)))
    if scan.overflowed:
        raise _too_large(scan)
    text = decode_markup(bytes(scan.buffer)).text.encode("utf-8")
    for start in range(0, len(text), CHUNK):
        yield text[start : start + CHUNK]


def _take_items(scan: _Scan) -> Iterator[XmlItem]:
    for event, element in scan.parser.read_events():
        if event == "start":
            scan.depth += 1
            continue
        scan.depth -= 1
        if scan.depth:
            continue
        scan.since_item = scan.tags_since_item = 0
        scan.items += 1
        parent = element.getparent()
        held = _held(scan) if parent is None else None
        yield XmlItem(local_name(element), held or _to_bytes(element), held is not None, element)
        if parent is not None:
            _forget(element, parent)


def _forget(element: etree._Element, parent: etree._Element) -> None:
    """Empty an item that is done and remove the one before it; the parser still stands on this one."""
    element.clear()
    element.tag = _TAKEN
    before = element.getprevious()
    if before is not None and before.tag == _TAKEN:
        parent.remove(before)


def _to_bytes(element: etree._Element) -> bytes:
    """Return an item's XML with the namespaces it stands in and, where it has none, the language around it."""
    language = next((each.get(_LANG) for each in element.iterancestors() if each.get(_LANG)), None)
    if language is not None and element.get(_LANG) is None:
        element.set(_LANG, language)
    return etree.tostring(element, encoding="utf-8", with_tail=False)


def _read_leniently(scan: _Scan, error: etree.XMLSyntaxError) -> Iterator[XmlItem | XmlRest]:
    """Yield the items that a broken file holds by their tags, those that were yielded before left out."""
    raw = bytes(scan.buffer)
    decoded = decode_markup(raw)
    scan.encoding = decoded.encoding
    text = repair(decoded.text)
    spans = [match.span() for match in _item_pattern(scan.tags).finditer(text)]
    whole = spans and not _START_TAG.search(text[: spans[0][0]])
    root = parse_leniently(text if whole or not spans else _without(text, spans), error)
    for start, end in spans[scan.items :]:
        name = re.split(r"[\s/>]", text[start + 1 : end], maxsplit=1)[0].rpartition(":")[2].lower()
        item = raw if whole else _with_namespaces(text[start:end], root).encode("utf-8")
        yield XmlItem(name, item, bool(whole), None)
        if whole:
            break
    yield XmlRest(root, scan.encoding, None, raw)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return what is outside of spans that follow each other."""
    starts, ends = (start for start, _ in spans), (end for _, end in spans)
    return "".join(text[end:start] for end, start in zip((0, *ends), (*starts, len(text)), strict=True))


def _item_pattern(tags: tuple[str, ...]) -> re.Pattern[str]:
    """Return what an item of a broken file looks like: it ends at its end tag, or where the next one begins."""
    names = "|".join(map(re.escape, tags))
    inner = r"[^<]|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(?!/?\1[\s>]|\1/>|/(?:channel|rss|feed)\s*>)"
    return re.compile(
        rf"<((?:[\w.-]+:)?(?:{names}))(?=[\s/>])(?:[^<>]*/>|(?:{inner})*+(?:</\1\s*>)?)",
        re.DOTALL,
    )


def _with_namespaces(item: str, root: etree._Element) -> str:
    """Return an item's text with the namespaces that the file's first element declares."""
    tag = _START_TAG.match(item)
    assert tag is not None
    own = item[: item.find(">")]
    declared = (
        f" xmlns{':' + prefix if prefix else ''}={quoteattr(uri)}"
        for prefix, uri in root.nsmap.items()
        if f"xmlns{':' + prefix if prefix else ''}=" not in own
    )
    return item[: tag.end()] + "".join(declared) + item[tag.end() :]


def _hold(scan: _Scan, chunk: bytes) -> None:
    """Keep a chunk for a second reading, until there are too many."""
    if scan.overflowed:
        return
    scan.buffer += chunk
    if len(scan.buffer) > scan.limit_bytes:
        scan.overflowed = True
        scan.buffer = bytearray()


def _held(scan: _Scan) -> bytes | None:
    return None if scan.overflowed else bytes(scan.buffer)


def _refuse_endless(scan: _Scan) -> None:
    if scan.since_item > scan.limit_bytes:
        raise _too_large(scan)
    if scan.tags_since_item > MAX_TAGS:
        raise MarkupError(LIMITS, f"more than {MAX_TAGS} tags follow item {scan.items}; no article has as many")


def _too_large(scan: _Scan) -> MarkupError:
    return MarkupError(
        TOO_LARGE,
        f"what follows item {scan.items} goes on beyond the limit max_document_bytes = {scan.limit_bytes}; "
        "split the file, or raise the limit and bring it again",
    )
