"""JSON with one article per object: lines, objects one after another, an array, or an object with a list of them.

Objects are taken one at a time while the file streams by. Of JSON Lines a broken line costs only itself.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from transforms.read import article_rows
from transforms.read.article_rows import parse as parse
from transforms.read.decoding import UndecodableError, decode
from transforms.read.json_stream import JsonStream, JsonStreamError
from transforms.read.lines import Line, Lines
from transforms.read.reader import Outcome
from transforms.read.sniff import Opening
from transforms.read.streams import look_at
from transforms.rows import Arrival, Rejected
from transforms.settings import TransformSettings

FORMAT = "json_rows"
SUFFIXES = (".json", ".jsonl", ".ndjson", ".jsonlines")
LINE_SUFFIXES = (".jsonl", ".ndjson", ".jsonlines")

_SAMPLE_BYTES = 1024 * 1024
_BLANK = b" \t\r\n"
_MARK = codecs.BOM_UTF8
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OPENS_OBJECT = re.compile(rb'[\s]*(?:\{\s*(?:"|\}|$)|\[\s*(?:\{|\]|\[|$))')
_DECODER = msgspec.json.Decoder()


def sniff(opening: Opening) -> bool:
    """Return whether the file is, or claims to be, JSON."""
    head = opening.head.removeprefix(_MARK)
    if head.startswith(_WIDE_MARKS):
        head = head[: len(head) // 2 * 2].decode("utf-16", "ignore").encode()
    return _OPENS_OBJECT.match(head) is not None or opening.suffix in SUFFIXES


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield a document for each object with a text, and a rejection for each without."""
    sample, stream = look_at(source, _SAMPLE_BYTES)
    is_lines = _is_lines(sample, arrival.name)
    outcomes = _split_lines(stream, settings) if is_lines else _split_stream(stream, settings)
    count = 0
    for outcome in outcomes:
        count += 1
        if count > settings.max_rows:
            detail = f"the file has more than max_rows = {settings.max_rows} objects; the rest was not read: divide it"
            yield Rejected("read.too_many_rows", detail)
            return
        yield outcome
    if count == 0:
        yield Rejected("read.no_rows", "the file holds no object from byte 0 to its end", whole_file=True)


def _is_lines(sample: bytes, name: str) -> bool:
    """Return whether each line is an object of its own: the first is, and does not open a list."""
    if sample.startswith(_WIDE_MARKS):
        return False
    first, end, rest = sample.removeprefix(_MARK).lstrip(_BLANK).partition(b"\n")
    if not first.startswith(b"{"):
        return name.lower().endswith(LINE_SUFFIXES) and not first.startswith(b"[")
    if not end:
        return name.lower().endswith(LINE_SUFFIXES)
    try:
        _DECODER.decode(first)
    except (ValueError, RecursionError):
        return name.lower().endswith(LINE_SUFFIXES)
    return bool(rest.strip(_BLANK)) or name.lower().endswith(LINE_SUFFIXES)


def _split_lines(stream: BinaryIO, settings: TransformSettings) -> Iterator[Outcome]:
    for line in Lines(stream, settings.max_document_bytes):
        if line.raw is None:
            yield Rejected("read.document_too_large", _say_too_long(line, settings))
            continue
        raw = line.raw.removeprefix(_MARK).strip(_BLANK) if line.number == 1 else line.raw.strip(_BLANK)
        if raw:
            yield _to_outcome(raw, line, settings)


def _to_outcome(raw: bytes, line: Line, settings: TransformSettings) -> Outcome:
    where = f"line {line.number}, at byte {line.offset_bytes}"
    if not article_rows.is_within_limits(raw):
        return Rejected("read.json_limits", f"{where}: too many values, or nested too deep, for one article", raw=raw)
    try:
        value, encoding = _load(raw)
    except UndecodableError as error:
        return Rejected("read.not_utf8", f"{where}: no UTF-8 at byte {error.offset} of it: {error}", raw=raw)
    except (ValueError, RecursionError) as error:
        return Rejected("read.not_json", f"{where}: {error}; mend the line and bring it again", raw=raw)
    return _to_row(value, line.offset_bytes, settings, encoding=encoding)


def _load(raw: bytes) -> tuple[Any, str]:
    """Return the value of a line, and its encoding. Python's NaN and Infinity are read as null."""
    encoding = "utf-8"
    if not raw.isascii():
        decoded = decode(raw)
        encoding = decoded.encoding
        raw = raw if encoding == "utf-8" else decoded.text.encode()
    try:
        return _DECODER.decode(raw), encoding
    except (msgspec.DecodeError, ValueError):
        if b"NaN" not in raw and b"Infinity" not in raw:
            raise
        return json.loads(raw, parse_constant=_to_null), encoding


def _split_stream(stream: BinaryIO, settings: TransformSettings) -> Iterator[Outcome]:
    values = JsonStream(stream, settings.max_document_bytes)
    try:
        for value in values.rows():
            yield _to_row(value.value, value.offset_bytes, settings, encoding=values.encoding)
    except JsonStreamError as error:
        yield Rejected(error.reason, str(error))


def _to_row(value: Any, offset: int, settings: TransformSettings, *, encoding: str) -> Outcome:
    if not isinstance(value, dict):
        detail = f"at byte {offset} stands {_kind(value)}, not an object of names and values"
        return Rejected("read.row_unreadable", detail, raw=_raw_of(value))
    outcome = article_rows.to_document(value, format=FORMAT, offset_bytes=offset, settings=settings)
    return outcome if isinstance(outcome, Rejected) else article_rows.with_encoding(outcome, encoding)


def _raw_of(value: Any) -> bytes | None:
    try:
        return msgspec.json.encode(value)
    except (TypeError, ValueError, RecursionError, OverflowError, msgspec.MsgspecError):
        return None


def _kind(value: Any) -> str:
    kinds = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return kinds.get(type(value), "null")


def _to_null(name: str) -> None:
    return None


def _say_too_long(line: Line, settings: TransformSettings) -> str:
    return (
        f"line {line.number}, at byte {line.offset_bytes}, is longer than max_document_bytes = "
        f"{settings.max_document_bytes}; divide it, or raise the limit"
    )
