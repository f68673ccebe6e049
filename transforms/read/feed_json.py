"""JSON Feed 1 and 1.1. Source: https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, get_args
from urllib.parse import urljoin

from transforms.read import json_items
from transforms.read.columns import Given
from transforms.read.feed_entries import Entry, Key, Property, has_text, to_reading
from transforms.read.json_items import JsonError, JsonItem, Keys
from transforms.read.ninjs import DUPLICATE_KEYS
from transforms.rows import Document, Reading, Rejected, Skipped
from transforms.settings import TransformSettings

MEDIA_TYPE = "application/feed+json"

_VERSION = b"jsonfeed.org/version/"
_FEED_KEYS = frozenset(("home_page_url", "feed_url", "user_comment", "next_url"))
_ENTRY_KEYS = frozenset(("content_html", "content_text", "date_published", "external_url"))
_LASTING = ("version", "title", "home_page_url", "feed_url", "language", "author", "authors")
"""What a feed says of itself that stays the same from one fetch to the next."""

_KEYS: dict[Key, tuple[str, ...]] = {
    "title": ("title",),
    "link": ("url", "home_page_url"),
    "id": ("id", "feed_url"),
    "summary": ("summary", "description"),
    "published": ("date_published",),
    "updated": ("date_modified",),
    "language": ("language",),
}


def is_feed(keys: Keys, head: bytes) -> bool:
    """Return whether a file that opens like this is a JSON Feed: it says so, or has keys that nothing else has."""
    if "items" not in keys.top and "version" not in keys.top:
        return False
    return _VERSION in head or (bool(keys.top & _FEED_KEYS) and bool(keys.item & _ENTRY_KEYS))


def split(source: BinaryIO, settings: TransformSettings) -> Iterator[Document | Skipped | Rejected]:
    """Yield the entries of the feed, each as a feed of its own."""
    waiting: list[JsonItem] = []
    for each in json_items.read_items(source, settings.max_document_bytes):
        if isinstance(each, JsonItem):
            waiting.append(each)
            continue
        head = _load_head(each.head)
        yield from (_to_outcome(item, head) for item in waiting)
        if each.failure is not None:
            yield Rejected(each.failure.reason, str(each.failure), whole_file=not waiting)
        elif not waiting:
            yield Skipped(0, "read.no_entries", "the feed holds no entry")


def parse(raw: bytes) -> Reading | Rejected:
    """Return the text of the one entry of `raw` with what it and its feed say."""
    try:
        loaded = json_items.load(raw)
    except JsonError as error:
        return Rejected(error.reason, str(error), raw=raw)
    head, entries = read_feed(loaded.value)
    flags = (DUPLICATE_KEYS,) if loaded.has_duplicates else ()
    reading = to_reading(entries[0], head, flags) if entries else None
    if reading is None:
        return Rejected("read.no_body", "line 1: the entry has neither content nor summary", raw=raw)
    return reading


def read_feed(value: Given) -> tuple[Entry, list[Entry]]:
    """Return what a feed says of itself and its entries."""
    if not isinstance(value, Mapping):
        return Entry(), []
    items = value.get("items")
    head = _read(value)
    link = head.first("link")
    base = "" if link is None else link.value
    listed = items if isinstance(items, list) else []
    return head, [_read(each, base) for each in listed if isinstance(each, Mapping)]


def _read(given: Mapping[str, Given], base: str = "") -> Entry:
    properties: dict[Key, list[Property]] = {key: [] for key in get_args(Key)}
    for key, names in _KEYS.items():
        for name in names:
            value = given.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                text = _join(base, str(value)) if key == "link" else str(value)
                properties[key].append(Property(f"json_feed:{name}", text))
    for name in ("content_html", "content_text"):
        value = given.get(name)
        if isinstance(value, str):
            properties["content"].append(Property(f"json_feed:{name}", value, name == "content_html"))
    for name in ("authors", "author"):
        value = given.get(name)
        for person in value if isinstance(value, list) else [value]:
            if isinstance(person, Mapping) and isinstance(person.get("name"), str):
                properties["author"].append(Property(f"json_feed:{name}", str(person["name"])))
    tags = given.get("tags")
    if isinstance(tags, list):
        properties["keywords"] = [Property("json_feed:tags", tag) for tag in tags if isinstance(tag, str)]
    return Entry({key: tuple(said) for key, said in properties.items() if said})


def _to_outcome(item: JsonItem, head: dict[str, Given]) -> Document | Skipped | Rejected:
    try:
        value = json_items.load(item.raw, line=item.line).value
    except JsonError as error:
        return Rejected(error.reason, str(error), raw=item.raw)
    whole: dict[str, Given] = {**head, "items": [value]}
    _, entries = read_feed(whole)
    link = entries[0].first("link") if entries else None
    if not entries or not has_text(entries[0]):
        return Skipped(0, "read.entry_without_text", None if link is None else link.value)
    raw = json_items.dump(whole)
    url = None if link is None else link.value
    return Document(0, raw, "web_feed", MEDIA_TYPE, "utf-8", offset_bytes=item.offset_bytes, url=url)


def _load_head(raw: bytes) -> dict[str, Given]:
    try:
        value = json_items.load(raw).value
    except JsonError:
        return {}
    return {key: value[key] for key in _LASTING if key in value} if isinstance(value, Mapping) else {}


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address
