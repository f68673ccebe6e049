"""Web feeds: RSS, Atom and JSON Feed; each entry is a document.

The `raw` of an entry is a feed of this one entry: what the feed says of all stands around it, but not when it was
built, so that an entry that is fetched again is the same document.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import BinaryIO, NamedTuple

from lxml import etree

from transforms.read import feed_json
from transforms.read.blocks import local_name
from transforms.read.feed_entries import Entry, has_text, to_reading
from transforms.read.feed_xml import ENTRY_TAGS, find_base, find_head, join, mend, read_entry
from transforms.read.json_items import find_keys
from transforms.read.markup import MarkupError, parse_xml
from transforms.read.sniff import OPENING_BYTES, Opening, find_root_name
from transforms.read.streams import Rewound, buffered
from transforms.read.xml_items import XmlItem, XmlRest, read_items
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
_BEFORE_JSON = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
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
    head = source.read(OPENING_BYTES)
    stream = buffered(Rewound(head, source))
    if head.lstrip(_BEFORE_JSON)[:1] in (b"{", b"["):
        return feed_json.split(stream, settings)
    return _split_xml(stream, settings)


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


class _Waiting(NamedTuple):
    """An entry that waits for what the feed says behind it."""

    raw: bytes
    entry: Entry | None
    """What it says; None where it can't be read, which `parse` will tell."""


class _Shell(NamedTuple):
    """What stands before and behind an entry of a feed, and the address that its relative ones stand against."""

    before: bytes
    behind: bytes
    base: str | None


def _split_xml(source: BinaryIO, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield entries; they wait for the feed's end, or for `max_document_bytes`: its head may follow them."""
    waiting: list[_Waiting] = []
    size = 0
    shell: _Shell | None = None
    for each in read_items(source, ENTRY_TAGS, settings.max_document_bytes):
        if isinstance(each, XmlRest):
            yield from _finish(waiting, each, shell)
            return
        waiting.append(_Waiting(each.raw, _read_entry(each)))
        size += len(each.raw)
        if shell is None and size > settings.max_document_bytes and each.element is not None:
            shell = _to_shell(each.element.getroottree().getroot())
        if shell is not None:
            yield from (_to_outcome(entry, shell, "utf-8") for entry in waiting)
            waiting = []


def _finish(waiting: list[_Waiting], rest: XmlRest, shell: _Shell | None) -> Iterator[Outcome]:
    found_any = bool(waiting) or shell is not None
    if shell is None:
        shell = _Shell(b"<feed>", b"</feed>", None) if rest.root is None else _to_shell(rest.root)
    for entry in waiting:
        yield _to_outcome(entry, shell, rest.encoding)
    if rest.failure is not None:
        lost = not found_any
        yield Rejected(rest.failure.reason, str(rest.failure), None, rest.raw if lost else None, lost)
    elif not found_any:
        yield Skipped(0, "read.no_entries", "the feed holds no entry")


def _read_entry(item: XmlItem) -> Entry | None:
    """Return what an entry says, or None where nothing does; its links may still be relative to the feed's."""
    if item.element is not None:
        return read_entry(item.element, find_base(item.element))
    try:
        root = parse_xml(item.raw, mend).root
    except MarkupError:
        return None
    return read_entry(root, find_base(root))


def _to_outcome(waiting: _Waiting, shell: _Shell, encoding: str) -> Document | Skipped:
    """Return an entry within its feed; one that is a title only is no article."""
    entry = waiting.entry or Entry()
    link = entry.first("link")
    url = None if link is None else join(shell.base, link.value)
    if waiting.entry is not None and not has_text(entry):
        title = entry.first("title")
        said = [each for each in (None if title is None else title.value, url) if each]
        return Skipped(0, "read.entry_without_text", " ".join(said)[:500] or "an entry without title, link and text")
    media_type = "application/atom+xml" if b"<feed" in shell.before[:200] else "application/rss+xml"
    return Document(0, shell.before + waiting.raw + shell.behind, FORMAT, media_type, encoding, url=url)


def _to_shell(root: etree._Element) -> _Shell:
    """Return the feed's first element and what it says of all entries, divided where an entry goes."""
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
    link = read_entry(channel, find_base(channel)).first("link")
    return _Shell(before, behind, None if link is None else link.value)


def _bare(element: etree._Element) -> etree._Element:
    """Return an element with its attributes and namespaces and nothing in it.

    A copy, for lxml makes no element with the namespaces that it lets pass in broken feeds.
    """
    bare = deepcopy(element)
    for child in list(bare):
        bare.remove(child)
    bare.text = bare.tail = None
    return bare
