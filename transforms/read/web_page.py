"""Web pages, HTML and XHTML: one file, one document; its story is told from the page around it.

The tree is read once. What it says of itself (JSON-LD, meta elements) and what it shows are looked at side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from transforms.extract.address import to_canonical_url
from transforms.read.columns import published_columns
from transforms.read.decoding import decode_page
from transforms.read.page import rights
from transforms.read.page.charset import to_utf8
from transforms.read.page.names import page_address
from transforms.read.page.page import Page, take_apart
from transforms.read.page.people import find_byline
from transforms.read.page.published import find_publications
from transforms.read.page.second_look import look_again
from transforms.read.page.tree import PageLimitError, parse_tree
from transforms.read.page.trust import BODY_UNSURE, UNSURE_BELOW, find_body_trust
from transforms.read.properties import Said, gather
from transforms.read.sniff import Opening, find_binary_kind, find_markup_kind, find_root_name
from transforms.rows import Arrival, Document, Found, PassedOver, Reading, Rejected, Skipped
from transforms.settings import TransformSettings

FORMAT = "web_page"
MEDIA_TYPE = "text/html"
SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")

_MAX_DATES = 2
"""As many dates as go on: one that had not come yet when the page arrived is passed over later."""


def sniff(opening: Opening) -> bool:
    """Return whether the file opens as a page does, or is called one and opens no other format."""
    if find_markup_kind(opening.head) == "a web page" or find_root_name(opening.head) == "html":
        return True
    if opening.suffix not in SUFFIXES or find_binary_kind(opening.head) is not None:
        return False
    return not opening.head.lstrip().startswith(b"<?xml") and b"<" in opening.head


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Document | Skipped | Rejected]:
    """Yield the file's one document; never holds more than `max_document_bytes`."""
    raw = source.read(settings.max_document_bytes + 1)
    if len(raw) > settings.max_document_bytes:
        limit = settings.max_document_bytes
        detail = f"the page goes on at byte {limit}, beyond the limit max_document_bytes = {limit}; raise the limit"
        yield Rejected("read.document_too_large", detail, position=0, whole_file=True)
        return
    encoding = decode_page(raw).encoding
    yield Document(position=0, raw=raw, format=FORMAT, media_type=MEDIA_TYPE, encoding=encoding, offset_bytes=0)


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return the story of a page and what the page says of it; `encoding` is what the transport or `split` named."""
    whole = to_utf8(raw, encoding)
    try:
        root = parse_tree(whole.utf8)
    except PageLimitError as error:
        return Rejected("read.page_limits", f"{error}; no article needs as many", raw=raw)
    if root is None:
        return Rejected(
            "read.no_element", "at byte 0 begins no element of HTML; look whether this is a page at all", raw=raw
        )
    page = take_apart(root)
    if not page.story.paragraphs:
        detail = (
            "from byte 0 on no element of the page holds sentences; its text may be made by scripts only, "
            "or lie deeper than 2,000 elements, where no reader looks"
        )
        return Rejected("read.no_story", detail, raw=raw)
    return to_reading(look_again(page), whole.encoding, whole.flags)


def to_reading(page: Page, encoding: str, flags: tuple[str, ...] = ()) -> Reading:
    """Return a page's story and its values."""
    gathered = gather(
        (
            *_story_properties(page),
            *_linked_data_properties(page),
            *_head_properties(page),
            *rights.find_rights(page),
        )
    )
    body = find_body_trust(page)
    found = (body, *_dates(page), *gathered.found)
    return Reading(
        "\n\n".join(page.story.paragraphs),
        encoding,
        page_address(page.head, page.article),
        found,
        flags=flags if body.confidence >= UNSURE_BELOW else (*flags, BODY_UNSURE),
        structured=True,
        passed_over=_count_passed_over(page),
    )


def _count_passed_over(page: Page) -> PassedOver:
    """Return how many of the page's blocks the story leaves out; a block is one paragraph."""
    blocks, told = page.outline.blocks, page.story.paragraphs
    return PassedOver(
        max(0, len(blocks) - len(told)), max(0, sum([len(block.text) for block in blocks]) - sum(map(len, told)))
    )


def _story_properties(page: Page) -> Iterator[Said]:
    """Yield headline, byline and standfirst."""
    if page.title is not None:
        yield Said("headline", page.title.text, page.title.method, page.title.confidence)
    byline = find_byline(page)
    if byline is not None:
        yield Said("byline", byline.printed or "; ".join(byline.names), byline.method, byline.confidence)
        yield Said("authors", list(byline.names), byline.method, byline.confidence)
    yield Said("description", page.article.description if page.article else None, "json_ld", 0.85)
    yield from _metas(page, "description", 0.8, "og:description", "description", "twitter:description")


def _linked_data_properties(page: Page) -> Iterator[Said]:
    """Yield what JSON-LD says of section, subjects, times and who publishes."""
    article = page.article
    if article is None:
        return
    yield Said("section", article.sections[0] if article.sections else None, "json_ld", 0.93)
    yield Said("keywords", list(article.keywords), "json_ld", 0.93)
    yield Said("subjects", list(article.subjects), "json_ld", 0.9)
    yield Said("genre", article.genre, "json_ld", 0.9)
    yield Said("alt_id", article.identifier, "json_ld", 0.9)
    yield Said("provider", article.publisher, "json_ld", 0.93)
    yield Said("located", article.located, "json_ld", 0.6)
    yield Said("first_created", article.created, "json_ld", 0.93)
    yield Said("version_created", article.modified, "json_ld", 0.93)
    yield Said("expires", article.expires, "json_ld", 0.93)
    yield Said("language", article.language, "json_ld", 0.8)


def _head_properties(page: Page) -> Iterator[Said]:
    """Yield what meta elements, links and the root say of the same."""
    yield from _metas(page, "section", 0.9, "article:section", "cxenseparse:articlesection", "parsely-section")
    yield from _metas(page, "version_created", 0.88, "article:modified_time", "og:updated_time")
    yield Said("keywords", list(page.head.metas.get("article:tag", ())), "meta:article:tag", 0.85)
    yield from _metas(page, "keywords", 0.8, "news_keywords", "keywords")
    yield from _metas(page, "provider", 0.85, "og:site_name", "dc.publisher")
    yield Said("language", page.head.language, "html_lang", 0.85)
    yield from _metas(page, "language", 0.7, "og:locale", "content-language", "dc.language")
    address = page_address(page.head, page.article)
    yield Said("canonical_url", None if address is None else to_canonical_url(address), "canonical_link", 0.95)


def _metas(page: Page, column: str, confidence: float, *names: str) -> Iterator[Said]:
    """Yield the value of the first meta element that has one."""
    for name in names:
        value = page.head.first(name)
        if value is not None:
            yield Said(column, value, f"meta:{name}", confidence)
            return


def _dates(page: Page) -> Iterator[Found]:
    """Yield the columns of the surest dates, each with its own way of having been found."""
    seen: set[str] = set()
    for publication in find_publications(page):
        if publication.method in seen:
            continue
        seen.add(publication.method)
        for column, value in published_columns(publication.instant):
            yield Found(column, value, publication.method, publication.confidence)
        if len(seen) == _MAX_DATES:
            return
