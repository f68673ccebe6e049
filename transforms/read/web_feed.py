"""Web feeds: RSS, Atom and JSON Feed; each entry is a document.

The `raw` of an entry is a feed of this one entry: what the feed says of all stands around it, but not when it was
built, so that an entry that is fetched again is the same document.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import BinaryIO

from lxml import etree

from transforms.read import feed_json
from transforms.read.blocks import local_name
from transforms.read.feed_entries import Entry, find_text, to_reading
from transforms.read.feed_xml import ENTRY_TAGS, find_base, find_head, mend, read_entry
from transforms.read.json_items import find_keys
from transforms.read.markup import MarkupError, parse_xml
from transforms.read.sniff import Opening, find_root_name
from transforms.read.xml_items import XmlRest, read_items
from transforms.rows import Arrival, Document, Reading, Rejected, Skipped
from transforms.settings import TransformSettings

FORMAT = "web_feed"
SUFFIXES = (".rss", ".atom", ".rdf")

_ROOTS = frozenset(("rss", "rdf", "feed", "channel"))
_LASTING = frozenset(
    (
        "title",
        "link",
        "language",
        "author",
        "managingeditor",
        "creator",
        "publisher",
        "rights",
        "copyright",
        "id",
        "url",
    )
)
"""What a feed says of itself that stays the same from one fetch to the next."""
_HOLE = "entry here"
Outcome = Document | Skipped | Rejected


def sniff(opening: Opening) -> bool:
    """Return whether the file's first element is a feed's, or its first object a JSON Feed."""
    root = find_root_name(opening.head)
    if root in _ROOTS:
        return True
    if root is not None:
        return opening.suffix in SUFFIXES
    return feed_json.is_feed(find_keys(opening.head), opening.head)


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield the entries of the feed; those without any text are skipped."""
    head = source.read(1)
    stripped = head
    while stripped and (stripped.isspace() or stripped in b"\xef\xbb\xbf\xff\xfe\x00"):
        stripped = source.read(1)
        head += stripped
    rejoined = _Rejoined(head, source)
    if stripped in (b"{", b"["):
        return feed_json.split(rejoined, settings)  # type: ignore[arg-type]
    return _split_xml(rejoined, settings)  # type: ignore[arg-type]


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return the text of the one entry of `raw` with what it and its feed say."""
    if raw.lstrip()[:1] == b"{":
        return feed_json.parse(raw)
    try:
        parsed = parse_xml(raw, mend)
    except MarkupError as error:
        return Rejected(error.reason, str(error), raw=raw)
    head, entries = read_feed(parsed.root)
    reading = to_reading(entries[0], head, parsed.flags) if entries else None
    if reading is None:
        return Rejected("read.no_body", "line 1: the entry has neither content nor summary", raw=raw)
    return reading


def read_feed(root: etree._Element) -> tuple[Entry, list[Entry]]:
    """Return what a feed says of itself and its entries."""
    head = find_head(root)
    feed = read_entry(head, find_base(head))
    link = feed.first("link")
    entries = [each for each in root.iter(tag=etree.Element) if local_name(each) in ("item", "entry")]
    base = None if link is None else link.value
    return feed, [read_entry(each, find_base(each) or base) for each in entries]


class _Rejoined:
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size` of them."""
        if not self._head:
            return self._rest.read(size)
        if 0 <= size <= len(self._head):
            taken, self._head = self._head[:size], self._head[size:]
            return taken
        taken, self._head = self._head, b""
        return taken + self._rest.read(size - len(taken) if size >= 0 else -1)


def _split_xml(source: BinaryIO, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield entries; they wait for the feed's end, or for `max_document_bytes`: its head may follow them."""
    waiting: list[bytes] = []
    size = 0
    root: etree._Element | None = None
    for each in read_items(source, ENTRY_TAGS, settings.max_document_bytes):
        if isinstance(each, XmlRest):
            yield from _finish(waiting, each, root)
            return
        if root is not None:
            yield _to_document(each.raw, _shell(root), "utf-8")
            continue
        waiting.append(each.raw)
        size += len(each.raw)
        if size > settings.max_document_bytes and each.element is not None:
            root = each.element.getroottree().getroot()
            yield from (_to_document(raw, _shell(root), "utf-8") for raw in waiting)
            waiting = []


def _finish(waiting: list[bytes], rest: XmlRest, root: etree._Element | None) -> Iterator[Outcome]:
    shell = _shell(rest.root) if rest.root is not None else (b"<feed>", b"</feed>")
    for raw in waiting:
        yield _to_document(raw, shell, rest.encoding)
    if rest.failure is not None:
        lost = not waiting and root is None
        yield Rejected(rest.failure.reason, str(rest.failure), None, rest.raw if lost else None, lost)
    elif not waiting and root is None:
        yield Skipped(0, "read.no_entries", "the feed holds no entry")


def _to_document(raw: bytes, shell: tuple[bytes, bytes], encoding: str) -> Document | Skipped:
    """Return an entry within its feed; one that is a title only is no article."""
    whole = shell[0] + raw + shell[1]
    try:
        _, entries = read_feed(parse_xml(whole, mend).root)
    except MarkupError:
        entries = []
    if entries and not find_text(entries[0])[0]:
        title, link = entries[0].first("title"), entries[0].first("link")
        detail = " ".join(each.value for each in (title, link) if each is not None)[:500]
        return Skipped(0, "read.entry_without_text", detail or "an entry without title, link and text")
    media_type = "application/atom+xml" if b"<feed" in shell[0][:200] else "application/rss+xml"
    url = entries[0].first("link") if entries else None
    return Document(0, whole, FORMAT, media_type, encoding, url=None if url is None else url.value)


def _shell(root: etree._Element) -> tuple[bytes, bytes]:
    """Return what stands before and behind an entry: the feed's first element and what it says of all entries."""
    outer = _bare(root)
    channel = find_head(root)
    inner = outer
    if channel is not root:
        inner = _bare(channel)
        outer.append(inner)
    for child in channel.iterchildren(tag=etree.Element):
        if local_name(child) in _LASTING:
            kept = deepcopy(child)
            kept.tail = None
            inner.append(kept)
    hole = etree.ProcessingInstruction(*_HOLE.split())
    (outer if local_name(root) == "rdf" else inner).append(hole)
    before, _, behind = etree.tostring(outer, encoding="utf-8").partition(f"<?{_HOLE}?>".encode())
    return before, behind


def _bare(element: etree._Element) -> etree._Element:
    """Return an element with its attributes and namespaces and nothing in it.

    A copy, for lxml makes no element with the namespaces that it lets pass in broken feeds.
    """
    bare = deepcopy(element)
    for child in list(bare):
        bare.remove(child)
    bare.text = bare.tail = None
    return bare
