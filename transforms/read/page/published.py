"""When a page was published: structured data, meta elements, time elements, the line that says so, the address.

Precision and zone are kept as printed. A copyright year is no date, nor is one that has not come yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from transforms.instants import Instant, find_instant, parse_instant
from transforms.read.page.blocks import Outline
from transforms.read.page.head import Head
from transforms.read.page.names import page_address
from transforms.read.page.tree import Element
from transforms.read.page.vocabulary import page_words
from transforms.read.schema_org import StructuredArticle


class Publication(NamedTuple):
    """A date of publication and where it was found."""

    instant: Instant
    method: str
    confidence: float


_PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article:published", "article:publish_date",
    "published_time", "publish_date", "publishdate", "publish-date", "pubdate", "pub_date", "published", "published_at",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dc.date.published", "dc.date", "dc:date", "dcterms.date",
    "dcterms.created", "dc.date.created", "dc.created", "date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "cxenseparse:recs:published_time",
    "citation_publication_date", "citation_online_date", "citation_date", "bepress_citation_date", "prism.publicationdate", "rnews:datepublished",
    "article_date_original", "article.published", "article.created", "date.created", "date.available", "date.release", "release:date", "release_date", "originalpublicationdate",
    "content:publishdate", "bt:pubdate", "mediator_published_time", "shareaholic:article_published_time", "acquia_lift:published_date",
    "og:datepublished",
)  # fmt: skip
_MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod", "revised",
    "article:modified", "date.modified", "date.updated", "article_date_updated", "last_updated_date",
)  # fmt: skip
_LESSER_METAS = ("dcsext.articlefirstpublished", "premiumcontentonfirstpublish", "datecreated", "timestamp", "uploaddate", "ya:ovs:upload_date")
_URL_DAY = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-]?(?P<month>0[1-9]|1[0-2])[/-]?(?P<day>0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_URL_DAY_LOOSE = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[/_-](?P<month>0?[1-9]|1[0-2])[/_-](?P<day>0?[1-9]|[12]\d|3[01])(?!\d)")
_SLASHED = re.compile(r"(?<!\d)(?P<one>\d{1,2})[/.-](?P<two>\d{1,2})[/.-](?P<year>(?:19|20)?\d\d)(?!\d)")
_STAMP = re.compile(r"(?P<seconds>1?\d{9})(?P<milliseconds>\d{3})?")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_ELEMENT_CHARS = 160
_TOP_BLOCKS = 60
_LINE_CHARS = 200
_EARLIEST = date(1990, 1, 1)


def find_publications(
    head: Head, article: StructuredArticle | None, dated: Sequence[Element], outline: Outline
) -> Iterator[Publication]:
    """Yield the dates of publication that a page gives, the surest first."""
    if article is not None and article.published is not None:
        yield from _read(article.published, "json_ld", 0.97)
    for name in _PUBLISHED_METAS:
        for value in head.metas.get(name, ()):
            yield from _read(value, f"meta:{name}", 0.93)
    month_first = _is_month_first(head)
    yield from _shown(dated, month_first=month_first)
    address = page_address(head, article)
    if address is not None:
        yield from _from_address(address, _URL_DAY, 0.8)
    if article is not None and article.created is not None:
        yield from _read(article.created, "json_ld:dateCreated", 0.75)
    yield from _lines(outline, month_first=month_first)
    if address is not None:
        yield from _from_address(address, _URL_DAY_LOOSE, 0.6)
    if article is not None and article.modified is not None:
        yield from _read(article.modified, "json_ld:dateModified", 0.5)
    for name in _MODIFIED_METAS:
        for value in head.metas.get(name, ()):
            yield from _read(value, f"meta:{name}", 0.45)


def to_instant(text: str, *, month_first: bool) -> Instant | None:
    """Return the first date in a short text, with days and months in digits read by the page's custom, or None."""
    instant = find_instant(text)
    if instant is not None:
        return instant
    match = _SLASHED.search(text)
    if match is None:
        return None
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    month, day = (one, two) if (month_first and one <= 12) or two > 12 else (two, one)
    try:
        return Instant(date(year + 2000 if year < 100 else year, month, day), None, "day", match.group())
    except ValueError:
        return None


def _read(value: str, method: str, confidence: float) -> Iterator[Publication]:
    instant = _parse(value)
    if instant is not None and instant.on >= _EARLIEST:
        yield Publication(instant, method, confidence)


def _parse(value: str) -> Instant | None:
    stamp = _STAMP.fullmatch(value.strip())
    if stamp is not None:
        at = datetime.fromtimestamp(int(stamp["seconds"]), UTC)
        return Instant(at.date(), at, "second", value)
    try:
        instant = parse_instant(value)
    except ValueError:
        return to_instant(value, month_first=False)
    return instant if instant.precision not in ("year", "month") else None


def _shown(dated: Sequence[Element], *, month_first: bool) -> Iterator[Publication]:
    """Yield the dates of elements that are called dates; those labelled as updates last."""
    words = page_words()
    later: list[Publication] = []
    for element in dated:
        text = " ".join(" ".join(element.itertext()).split())[:_ELEMENT_CHARS]
        names = f"{element.get('class', '')} {element.get('itemprop', '')} {element.get('id', '')}".lower()
        given = element.get("datetime") or element.get("content") or element.get("title") or ""
        instant = (_parse(given) if given else None) or to_instant(text, month_first=month_first)
        if instant is None or instant.on < _EARLIEST or _COPYRIGHT.search(text):
            continue
        is_update = "modif" in names or "updat" in names or words.updated.search(text) is not None
        is_published = "publi" in names or element.get("pubdate") is not None or words.published.search(text) is not None
        method = "time_element" if element.tag == "time" else "date_element"
        if is_update and not is_published:
            later.append(Publication(instant, method, 0.55))
        else:
            yield Publication(instant, method, 0.88 if is_published else 0.8)
    yield from later


def _lines(outline: Outline, *, month_first: bool) -> Iterator[Publication]:
    """Yield the dates of lines that say when the page was published, then of any short line."""
    words = page_words()
    bare: list[Publication] = []
    for block in outline.blocks:
        text = block.text
        if len(text) > _LINE_CHARS or not any(map(str.isdigit, text)) or _COPYRIGHT.search(text):
            continue
        instant = to_instant(text, month_first=month_first)
        if instant is None or instant.on < _EARLIEST:
            continue
        if words.published.search(text) is not None:
            yield Publication(instant, "date_line", 0.7)
        elif len(text) < len(instant.raw) + 60:
            bare.append(Publication(instant, "date_line", 0.5))
    yield from bare


def _from_address(address: str, pattern: re.Pattern[str], confidence: float) -> Iterator[Publication]:
    match = pattern.search(address)
    if match is not None:
        try:
            on = date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            return
        if on >= _EARLIEST:
            yield Publication(Instant(on, None, "day", match.group().strip("/")), "url", confidence)


def _is_month_first(head: Head) -> bool:
    language = (head.language or head.first("og:locale") or "").lower().replace("_", "-")
    return language.startswith("en-us")
