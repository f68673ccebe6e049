"""Feed entries: what RSS, Atom and JSON Feed say of an article, in one form, and how it becomes a reading.

An entry without its content is a teaser: its summary is the text, and `is_excerpt` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from transforms.read.blocks import html_to_line, html_to_text, to_line, to_printable
from transforms.read.properties import DERIVED, SURE, Said, gather
from transforms.rows import InfoSource, Reading

Key = Literal[
    "title", "link", "id", "summary", "content", "author", "published", "updated", "created", "language", "rights",
    "keywords", "source", "publisher", "expires", "section",
]  # fmt: skip
"""What an entry or a feed can say; several formats have a property for each."""


class Property(NamedTuple):
    """A value, the format's own name of it, and whether the value is HTML."""

    name: str
    value: str
    is_html: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, or the head of a feed: under each key its properties, the best first."""

    properties: Mapping[Key, tuple[Property, ...]] = field(default_factory=dict)

    def all(self, key: Key) -> tuple[Property, ...]:
        """Return the properties under a key."""
        return self.properties.get(key, ())

    def first(self, key: Key) -> Property | None:
        """Return the best property under a key, or None."""
        return next(iter(self.all(key)), None)


_CUT = re.compile(
    r"(?:\[?(?:\.\.\.|…)\]?|\[&hellip;\]|(?:read more|continue reading|weiterlesen|mehr lesen|lire la suite|leer más|"
    r"read the (?:full|rest)[^.]{0,60})\W*)\s*\Z",
    re.IGNORECASE,
)
_TAGS = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)|<[^>]*(?:>|\Z)|\[CDATA\[", re.DOTALL | re.IGNORECASE)
_SHOWN = re.compile(r"\w+\s+\w+\s+\w+")
_FULL_WORDS = 200
"""A summary of as many words is the article: feeds without a content element put it there."""
_MAIL = re.compile(r"\(?\s*<?[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?\s*\)?")
_NAMED_MAIL = re.compile(r"[\w.+-]+@[\w.-]+\s*\((?P<name>[^)]+)\)")


def to_reading(entry: Entry, head: Entry, flags: tuple[str, ...]) -> Reading | None:
    """Return the text of an entry with what it and its feed say, or None when it has no text."""
    text, is_excerpt = find_text(entry)
    if not text:
        return None
    gathered = gather((*_said(entry, is_excerpt=is_excerpt), *_said_by_feed(head)))
    link = entry.first("link")
    url = None if link is None else link.value
    is_marked_up = any(each.is_html for key in ("content", "summary") for each in entry.all(key))
    return Reading(text, None, url, gathered.found, gathered.unreadable, flags, structured=is_marked_up)


def find_text(entry: Entry) -> tuple[str, bool]:
    """Return the longest text of an entry as paragraphs, and whether it is a teaser."""
    content = max((_to_text(each) for each in entry.all("content")), key=len, default="")
    summary = max((_to_text(each) for each in entry.all("summary")), key=len, default="")
    text = content if len(content) >= len(summary) else summary
    is_full = bool(content) or len(text.split()) >= _FULL_WORDS
    return text, not is_full or _CUT.search(text) is not None


def has_text(entry: Entry) -> bool:
    """Return whether an entry has any text; most show it without being read as a page."""
    texts = (*entry.all("content"), *entry.all("summary"))
    if any(_SHOWN.search(_TAGS.sub("", each.value)) for each in texts):
        return True
    return find_text(entry)[0] != ""


def to_person(printed: str) -> str:
    """Return a name without its mail address: "me@example.com (Ann Lee)" is Ann Lee."""
    named = _NAMED_MAIL.fullmatch(printed.strip())
    return named["name"].strip() if named else _MAIL.sub("", printed).strip()


def _to_text(each: Property) -> str:
    return html_to_text(each.value) if each.is_html else to_printable(each.value).strip()


def _to_line(each: Property) -> str:
    return html_to_line(each.value) if each.is_html else to_line(each.value)


def _said(entry: Entry, *, is_excerpt: bool) -> Iterator[Said]:
    yield Said("is_excerpt", is_excerpt, (entry.first("content") or entry.first("summary") or _NOTHING).name)
    for title in entry.all("title"):
        yield Said("headline", _to_line(title), title.name)
    if entry.first("content") is not None:
        for summary in entry.all("summary")[:1]:
            yield Said("description", _to_line(summary), summary.name)
    authors = entry.all("author")
    names = [name for each in authors if (name := to_person(_to_line(each)))]
    if names:
        yield Said("byline", "; ".join(names) if len(names) > 1 else names[0], authors[0].name)
        yield Said("authors", _to_people(names), authors[0].name)
    yield from _dates(entry)
    for key, column in (
        ("id", "alt_id"),
        ("language", "language"),
        ("rights", "copyright_notice"),
        ("expires", "expires"),
        ("section", "section"),
    ):
        for each in entry.all(key)[:1]:  # type: ignore[arg-type]
            yield Said(column, _to_line(each), each.name)
    keywords = entry.all("keywords")
    if keywords:
        yield Said("keywords", list(dict.fromkeys(_to_line(each) for each in keywords)), keywords[0].name)
    sources = entry.all("source")
    if sources:
        credited = tuple(InfoSource(_to_line(each), "publisher") for each in sources[:1])
        yield Said("info_sources", credited, sources[0].name)


def _dates(entry: Entry) -> Iterator[Said]:
    for each, confidence in zip(entry.all("published"), (SURE, 0.95, DERIVED), strict=False):
        yield Said("published", each.value, each.name, confidence)
    for key, column, confidence in (("created", "first_created", 0.7), ("updated", "version_created", 0.7)):
        for each in entry.all(key)[:1]:  # type: ignore[arg-type]
            yield Said(column, each.value, each.name)
            yield Said("published", each.value, each.name, confidence)


def _said_by_feed(head: Entry) -> Iterator[Said]:
    """Yield what the feed says of all its entries, where they don't say it themselves."""
    publisher = head.first("publisher") or head.first("title")
    if publisher is not None:
        yield Said("provider", _to_line(publisher), f"feed/{publisher.name}", 0.8)
    for key, column in (("language", "language"), ("rights", "copyright_notice")):
        for each in head.all(key)[:1]:  # type: ignore[arg-type]
            yield Said(column, _to_line(each), f"feed/{each.name}", 0.8)
    author = head.first("author")
    if author is not None and author.name.startswith(("atom:", "json_feed:")):
        name = to_person(_to_line(author))
        yield Said("byline", name or None, f"feed/{author.name}", 0.6)


def _to_people(names: list[str]) -> str | list[str]:
    """Return one printed name to be split like a byline, or several as they are."""
    return names[0] if len(names) == 1 else names


_NOTHING = Property("", "")
