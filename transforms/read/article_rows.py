"""Rows: one article per row, in columns that their writer named; as canonical JSON each is a document of its own.

What the columns mean is said by `transforms.read.columns`, by the names below, and by settings, which stand first.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from transforms.read.columns import Given, find_column, to_key
from transforms.read.decoding import UndecodableError, decode
from transforms.read.onward import parse_page
from transforms.read.properties import Said, gather
from transforms.rows import Document, Reading, Rejected
from transforms.settings import TransformSettings

MEDIA_TYPE = "application/json"
HTML = "html"
"""Stands among our columns for one that holds a web page or a piece of one."""

Row = Mapping[str, Given]

BODY_NAMES = (
    "body", "text", "content", "article_body", "maintext", "main_text", "plaintext", "plain_text", "full_text", "fulltext",
    "article_text", "body_text", "content_text", "story", "raw_text",
)  # fmt: skip
"""Names of the article's text, the cleanest first: trafilatura's `raw_text` stands beside its `text`."""
HTML_NAMES = (
    HTML, "raw_html", "page_html", "html_content", "content_html", "body_html", "article_html", "page_source", "html_text",
)  # fmt: skip
OTHER_NAMES: Mapping[str, str] = {
    "date_publish": "published",
    "publishing_date": "published",
    "date_modify": "version_created",
    "meta_description": "description",
    "excerpt": "description",
    "meta_lang": "language",
    "meta_keywords": "keywords",
    "categories": "keywords",
    "canonical_link": "canonical_url",
    "hostname": "source",
    "sitename": "source",
    "source_hostname": "source",
    "source_domain": "source",
    "meta_site_name": "source",
    "domain": "source",
    "publisher_name": "source",
    "authors_list": "authors",
    "author_name": "authors",
    "web_url": "url",
    "article_url": "url",
    "source_url": "url",
    "warc_url": "url",
}
"""Names that trafilatura, newspaper4k, news-please, fundus and datasets use beside those that sidecars know."""
NESTED_NAMES = frozenset({"metadata", "meta", "attributes", "extra", "article", "fields"})
"""Objects inside a row whose keys are columns too (datatrove, dolma)."""

SURE = 0.95
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_MARKUP = re.compile(r"\s*<(?:!doctype|html|body|p|div|article|section|h[1-6]|figure|ul|span)\b[^>]*>", re.IGNORECASE)
_PARAGRAPH = "\n\n"
_ENCODER = msgspec.json.Encoder(order="sorted")
_MAX_MARKS = 1_000_000
"""Brackets, commas and colons of one row; as objects they take up to 100 MB."""
_MAX_DEPTH = 64


class Column(NamedTuple):
    """A key of a row, with the column of ours that it fills."""

    column: str
    key: str
    given: Given


def encode(row: Row) -> bytes:
    """Return a row as canonical JSON: keys sorted, UTF-8, absent values left out; raise ValueError for none."""
    try:
        return _ENCODER.encode({key: value for key, value in row.items() if value is not None and value != ""})
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise ValueError(str(error)) from error


def is_within_limits(raw: bytes) -> bool:
    """Return whether `raw`, as JSON, makes few enough values, nested flat enough, to be held as objects."""
    opened = raw.count(b"{") + raw.count(b"[")
    if opened + raw.count(b",") + raw.count(b":") > _MAX_MARKS:
        return False
    return opened <= _MAX_DEPTH or _depth(raw) <= _MAX_DEPTH


def to_document(row: Row, *, format: str, offset_bytes: int | None, settings: TransformSettings) -> Document | Rejected:
    """Return a row as a document, or why it is none: without text and page it is no article."""
    try:
        raw = encode(row)
    except ValueError as error:
        return Rejected("read.row_unreadable", f"the row{_at(offset_bytes)} holds what is no JSON: {error}")
    if len(raw) > settings.max_document_bytes:
        detail = f"the row{_at(offset_bytes)} has {len(raw)} bytes, beyond max_document_bytes = {settings.max_document_bytes}"
        return Rejected("read.document_too_large", detail)
    columns = tuple(find_columns(row, settings))
    if not any(each.column in ("body", HTML) for each in columns):
        return _reject_no_text(row, raw, offset_bytes, settings)
    url = next((str(each.given) for each in columns if each.column == "url" and _is_address(each.given)), None)
    return Document(0, raw, format, MEDIA_TYPE, "utf-8", None, offset_bytes, url)


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return the text of a row that `to_document` made, and what its columns say."""
    try:
        row = msgspec.json.decode(raw)
    except (ValueError, RecursionError) as error:
        return Rejected("read.row_unreadable", f"the row is no JSON: {error}; bring it again, mended")
    if not isinstance(row, dict):
        return Rejected("read.row_unreadable", f"the row is {type(row).__name__}, not an object of names and values")
    columns = tuple(find_columns(row, settings))
    gathered = gather(
        Said(each.column, each.given, f"row:{each.key}", SURE)  # type: ignore[arg-type]
        for each in columns
        if each.column not in ("body", HTML)
    )
    url = next((str(each.given) for each in columns if each.column == "url" and _is_address(each.given)), None)
    text = next((each.given for each in columns if each.column == "body"), None)
    page = next((each.given for each in columns if each.column == HTML), None)
    if isinstance(text, str) and _MARKUP.match(text):
        text, page = None, text
    if isinstance(text, str):
        return Reading(text, encoding, url, gathered.found, gathered.unreadable)
    if not isinstance(page, str):
        return _reject_no_text(row, raw, None, settings)
    reading = parse_page(page, settings)
    if isinstance(reading, Rejected):
        return reading
    return replace(
        reading,
        url=url or reading.url,
        found=(*gathered.found, *reading.found),
        unreadable=(*gathered.unreadable, *reading.unreadable),
    )


def with_encoding(document: Document, encoding: str) -> Document:
    """Return a document with the encoding that its row was decoded with; its own JSON is UTF-8."""
    return document if encoding == document.encoding else replace(document, encoding=encoding)


def find_columns(row: Row, settings: TransformSettings) -> Iterator[Column]:
    """Yield what a row fills, each column of ours once, by the name that is preferred for it."""
    best: dict[str, tuple[int, Column]] = {}
    for key, given in _flat(row):
        value = _to_body(given) if is_text_name(key, settings) else given
        column, rank = _find(key, value, settings)
        if column is None or _is_absent(value):
            continue
        if column not in best or rank < best[column][0]:
            best[column] = (rank, Column(column, key, value))
    yield from (best[column][1] for column in sorted(best))


def is_text_name(key: str, settings: TransformSettings) -> bool:
    """Return whether a column of this name holds the article's text or page."""
    return _find(key, None, settings)[0] in ("body", HTML)


def to_json_value(value: Any, depth: int = 0) -> Given:
    """Return a value of Parquet or Python as JSON knows it: instants in ISO 8601, bytes as text or base64."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return _to_text(value)
    if isinstance(value, Decimal | timedelta):
        return str(value)
    if depth >= _MAX_DEPTH:
        raise ValueError(f"a value is nested deeper than {_MAX_DEPTH}")
    if isinstance(value, Mapping):
        return {str(key): to_json_value(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [to_json_value(each, depth + 1) for each in value]
    return str(value)


def _find(key: str, given: Given, settings: TransformSettings) -> tuple[str | None, int]:
    """Return the column that a key of a row fills, and its rank among the names for it, the lowest first."""
    own = settings.columns.get(key)
    if own is not None:
        return own, -1
    word = to_key(key.rpartition(".")[2])
    nested = 1000 if "." in key else 0
    if word in BODY_NAMES:
        return "body", BODY_NAMES.index(word) + nested
    if word in HTML_NAMES:
        return HTML, HTML_NAMES.index(word) + nested
    column = OTHER_NAMES.get(word) or find_column(word)
    if column == "source" and isinstance(given, str) and _WEB_ADDRESS.match(given):
        return "url", 500 + nested
    return column, (0 if column == word else 10 if word not in OTHER_NAMES else 20) + nested


def _flat(row: Row) -> Iterator[tuple[str, Given]]:
    for key, given in row.items():
        if isinstance(given, Mapping) and to_key(key) in NESTED_NAMES:
            yield from ((f"{key}.{inner}", value) for inner, value in given.items())
        else:
            yield key, given


def _to_body(given: Given) -> Given:
    """Return text given as paragraphs, or as fundus gives it (summary and sections of paragraphs), as one text."""
    if isinstance(given, Mapping):
        given = list(_paragraphs(given))
    if isinstance(given, list | tuple):
        return _PARAGRAPH.join(each for each in given if isinstance(each, str) and each.strip())
    return given if isinstance(given, str) else None


def _paragraphs(body: Mapping[str, Given]) -> Iterator[str]:
    for key in ("summary", "headline", "paragraphs", "sections"):
        given = body.get(key)
        for each in given if isinstance(given, list) else ():
            if isinstance(each, str):
                yield each
            elif isinstance(each, Mapping) and key == "sections":
                yield from _section(each)


def _section(section: Mapping[str, Given]) -> Iterator[str]:
    for key in ("headline", "paragraphs"):
        given = section.get(key)
        yield from (each for each in (given if isinstance(given, list) else [given]) if isinstance(each, str))


def _is_absent(given: Given) -> bool:
    return given is None or (isinstance(given, str) and given.strip() in ("", "null", "NULL", "None", "nan", "NaN"))


def _is_address(given: Given) -> bool:
    return isinstance(given, str) and _WEB_ADDRESS.match(given.strip()) is not None


def _to_text(value: bytes) -> str:
    try:
        return decode(value).text
    except UndecodableError:
        return base64.b64encode(value).decode("ascii")


def _reject_no_text(row: Row, raw: bytes, offset: int | None, settings: TransformSettings) -> Rejected:
    keys = [key for key, _ in _flat(row)]
    named = [key for key in keys if is_text_name(key, settings)]
    if named:
        detail = f"the row{_at(offset)} has nothing to read in {named[0]!r}; without text it is no article"
        return Rejected("read.row_without_text", detail, raw=raw)
    return Rejected("read.no_text_column", f"the row{_at(offset)} has {say_no_text_column(keys)}", raw=raw)


def say_no_text_column(keys: list[str]) -> str:
    """Return in words that none of the keys names a text, and what to do."""
    shown = ", ".join(repr(key) for key in keys[:12])
    return (
        f"no column with a text or page among {shown or 'none at all'}; name one of them "
        f'{", ".join(BODY_NAMES[:4])} or {HTML}, or say in settings which it is: columns = {{"…" = "body"}}'
    )


def _at(offset: int | None) -> str:
    return "" if offset is None else f" at byte {offset}"


def _depth(raw: bytes) -> int:
    """Return how deep brackets are nested, those inside strings counted too where it does not matter."""
    depth = deepest = 0
    for mark in re.finditer(rb'"(?:[^"\\]|\\.)*+"|([\[{])|([\]}])', raw, re.DOTALL):
        depth += (mark[1] is not None) - (mark[2] is not None)
        deepest = max(deepest, depth)
        if deepest > _MAX_DEPTH:
            break
    return deepest
