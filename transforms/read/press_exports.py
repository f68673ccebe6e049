"""Press exports: what the files of press databases have in common, many articles in one file.

The `raw` of an article is a page of its own, made of its elements, in UTF-8, so that it is read like a whole export.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

from lxml import etree

from transforms.instants import find_instant
from transforms.read import web_page
from transforms.read.blocks import to_line
from transforms.read.page.charset import to_utf8
from transforms.read.page.tree import Element, PageLimitError, parse_tree
from transforms.read.properties import Said, gather
from transforms.read.reader import Outcome
from transforms.read.sniff import Opening, find_markup_kind
from transforms.rows import Arrival, Document, Reading, Rejected, Skipped
from transforms.settings import TransformSettings

MEDIA_TYPE = "text/html"

_FLAGS = "quality-flags"
_ATTRIBUTES = ("class", "id", "style", "hidden", "name", "content", "charset")
_MAX_DATE_WORDS = 9
_ENDING_BYTES = 4096
_LANGUAGES = {
    name: tag
    for tag, names in {
        "ar": "arabic arabe arabisch",
        "cs": "czech tschechisch",
        "da": "danish dänisch danois",
        "de": "german deutsch allemand",
        "en": "english englisch anglais inglés",
        "es": "spanish spanisch espagnol español",
        "fi": "finnish finnisch",
        "fr": "french französisch français",
        "it": "italian italienisch italien italiano",
        "ja": "japanese japanisch japonais",
        "nl": "dutch niederländisch néerlandais nederlands",
        "no": "norwegian norwegisch",
        "pl": "polish polnisch polonais",
        "pt": "portuguese portugiesisch portugais português",
        "ru": "russian russisch russe",
        "sv": "swedish schwedisch suédois",
        "tr": "turkish türkisch turc",
        "zh": "chinese chinesisch chinois",
    }.items()
    for name in names.split()
}


class Story(NamedTuple):
    """What an article says: its text, and its fields."""

    text: str
    said: Iterable[Said]


class Database(NamedTuple):
    """How the pages of one database are understood."""

    format: str
    find: Callable[[Element], list[Element]]
    """The elements of a page that are articles, in its order."""
    is_whole: Callable[[Element], bool]
    """Whether an article has what the database writes behind its text."""


def is_page_of(name: str, signs: re.Pattern[bytes], opening: Opening) -> bool:
    """Return whether a file is a page that has a database's signs in its first bytes, or its name in its own."""
    is_named = name in opening.name.lower()
    return find_markup_kind(opening.head) is not None and (is_named or signs.search(opening.head) is not None)


def split_whole(
    source: BinaryIO, settings: TransformSettings, split: Callable[[bytes], Iterator[Outcome]]
) -> Iterator[Outcome]:
    """Yield what `split` makes of all bytes of an export, or why they are too many.

    Its articles can't be told before its end is known.
    """
    limit = settings.max_document_bytes
    raw = source.read(limit + 1)
    if len(raw) <= limit:
        yield from split(raw)
        return
    detail = f"the export goes on at byte {limit}, beyond max_document_bytes = {limit}; export fewer articles at once"
    yield Rejected("read.document_too_large", detail, whole_file=True)


def split_page(raw: bytes, database: Database, arrival: Arrival, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield the articles of a page as documents; those without text are skipped, one that breaks off is rejected.

    A page without any is no export, whatever its title says: it goes the way of all web pages.
    """
    page = to_utf8(raw)
    try:
        root = _tree(page.utf8)
    except PageLimitError as error:
        yield Rejected("read.page_limits", f"{error}; export fewer articles at once", raw=raw, whole_file=True)
        return
    articles = [] if root is None else detach(database.find(root))
    if not articles:
        yield from web_page.split(io.BytesIO(raw), arrival, settings)
    is_cut = b"</html" not in raw[-_ENDING_BYTES:].lower()
    for index, article in enumerate(articles):
        if is_cut and index == len(articles) - 1 and not database.is_whole(article):
            yield to_cut(index, len(raw), etree.tostring(article, encoding="utf-8", method="html", with_tail=False))
        else:
            yield to_outcome(article, database.format, page.encoding, page.flags)


def detach(articles: list[Element]) -> list[Element]:
    """Return articles taken out of the page: one that was never closed does not hold those behind it."""
    for article in reversed(articles):
        parent = article.getparent()
        if parent is not None:
            parent.remove(article)
    return articles


def to_cut(count: int, size_bytes: int, raw: bytes) -> Rejected:
    """Return the refusal of an article that an export of so many bytes ends in, behind `count` whole ones."""
    detail = f"the export ends at byte {size_bytes} within the article that follows {count} whole ones; export it again"
    return Rejected("read.export_cut", detail, raw=raw)


def to_outcome(article: Element, name: str, encoding: str | None, flags: Iterable[str] = ()) -> Document | Skipped:
    """Return an article of the format `name` as a document whose raw is a page of its own, in UTF-8."""
    article.tail = None
    if not any(text.strip() for text in article.itertext()):
        return Skipped(0, "read.entry_without_text", "an article element without any text")
    raw = to_page(etree.tostring(article, encoding="utf-8", method="html", with_tail=False), name, flags)
    return Document(0, raw, name, MEDIA_TYPE, encoding)


def to_page(article: bytes, title: str, flags: Iterable[str] = ()) -> bytes:
    """Return the page of one article; its title says whose export it is, and flags of the export go with it."""
    kept = " ".join(flags)
    meta = f'<meta name="{_FLAGS}" content="{html.escape(kept)}">' if kept else ""
    head = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title>{meta}</head><body>\n'
    return head.encode() + article.strip() + b"\n</body></html>\n"


def parse_page(
    raw: bytes, find: Callable[[Element], list[Element]], read: Callable[[Element], Story]
) -> Reading | Rejected:
    """Return what `read` finds in the one article of a page that `to_page` made; one without text is rejected."""
    try:
        root = _tree(raw)
    except PageLimitError as error:
        return Rejected("read.page_limits", f"{error}; no article needs as many", raw=raw)
    articles = [] if root is None else find(root)
    if not articles:
        return Rejected("read.no_story", "from byte 0 on no element is an article of this database", raw=raw)
    story = read(articles[0])
    if not story.text.strip():
        detail = "from byte 0 on the article has fields, but no text: the export holds headlines only, or is damaged"
        return Rejected("read.no_body", f"{detail}; export it again with its full text", raw=raw)
    gathered = gather(story.said)
    flags = _find_flags(articles[0])
    return Reading(story.text, None, None, gathered.found, gathered.unreadable, flags, structured=True)


def find_language(name: str) -> str | None:
    """Return the tag of a language that is named in English, German or French; None for names that are not known."""
    words = re.findall(r"[^\W\d_]+", name.lower())
    return next((_LANGUAGES[word] for word in words if word in _LANGUAGES), None)


def is_date(line: str) -> bool:
    """Return whether a line is a date, with its weekday and time at most."""
    words = line.split()
    return 0 < len(words) <= _MAX_DATE_WORDS and not line.rstrip().endswith(",") and find_instant(line) is not None


def has_class(element: Element, name: str) -> bool:
    """Return whether an element bears a class of this name."""
    return name in (element.get("class") or "").split()


def _tree(page: bytes) -> Element | None:
    """Return the tree of a page, of whose attributes only those are left that are asked for.

    Browsers' parsers let names of attributes pass that lxml can't give back ("{", control characters).
    """
    root = parse_tree(page)
    if root is not None:
        for each in root.iter(etree.Element):
            kept = {name: to_line(value) for name in _ATTRIBUTES if (value := each.get(name)) is not None}
            each.attrib.clear()
            each.attrib.update(kept)
    return root


def _find_flags(article: Element) -> tuple[str, ...]:
    metas = article.getroottree().getroot().iter("meta")
    return next((tuple((each.get("content") or "").split()) for each in metas if each.get("name") == _FLAGS), ())
