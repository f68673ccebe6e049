"""Rows: one article per row, in columns that their writer named; as canonical JSON each is a document of its own.

What the columns mean is said by `transforms.read.columns`, by the names below, and by settings, which stand first.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from transforms.read.columns import Given
from transforms.read.decoding import GUESSED, UndecodableError, decode
from transforms.read.onward import parse_page
from transforms.read.properties import Said, gather
from transforms.read.row_columns import BODY_NAMES, HTML, Row, find_columns, flat, is_text_name
from transforms.rows import Document, Reading, Rejected
from transforms.settings import TransformSettings

MEDIA_TYPE = "application/json"


SURE = 0.95
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_MARKUP = re.compile(r"\s*<(?:!doctype|html|body|p|div|article|section|h[1-6]|figure|ul|span)\b[^>]*>", re.IGNORECASE)
_ENCODER = msgspec.json.Encoder(order="sorted")
_MAX_MARKS = 1_000_000
"""Brackets, commas and colons of one row; as objects they take up to 100 MB."""
_MAX_DEPTH = 64


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
        limit = f"max_document_bytes = {settings.max_document_bytes}"
        return Rejected("read.document_too_large", f"the row{_at(offset_bytes)} has {len(raw)} bytes, beyond {limit}")
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
        Said(each.column, each.given, f"row:{each.key}", SURE) for each in columns if each.column not in ("body", HTML)
    )
    url = next((str(each.given) for each in columns if each.column == "url" and _is_address(each.given)), None)
    text = next((each.given for each in columns if each.column == "body"), None)
    page = next((each.given for each in columns if each.column == HTML), None)
    if isinstance(text, str) and _MARKUP.match(text):
        text, page = None, text
    if isinstance(text, str):
        return Reading(text, encoding, url, gathered.found, gathered.unreadable, _flags(encoding))
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


def _is_address(given: Given) -> bool:
    return isinstance(given, str) and _WEB_ADDRESS.match(given.strip()) is not None


def _flags(encoding: str | None) -> tuple[str, ...]:
    """Return the flags of a row's encoding: of a table, nothing but its bytes says it."""
    return () if encoding is None or encoding.startswith("utf-") else (GUESSED,)


def _to_text(value: bytes) -> str:
    try:
        return decode(value).text
    except UndecodableError:
        return base64.b64encode(value).decode("ascii")


def _reject_no_text(row: Row, raw: bytes, offset: int | None, settings: TransformSettings) -> Rejected:
    keys = [key for key, _ in flat(row)]
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
