"""Plain text: one file, one document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from transforms.read.decoding import Decoded, UndecodableError, decode, decode_as, find_mark, is_guess
from transforms.read.detection import find_wide
from transforms.read.sniff import Opening, find_binary_kind
from transforms.rows import Arrival, Document, Reading, Rejected, Skipped
from transforms.settings import TransformSettings

FORMAT = "plain_text"
MEDIA_TYPE = "text/plain"
SUFFIXES = (".txt", ".text")

_FOREIGN_SUFFIX = re.compile(
    r"\.(?:x?html?|xml|json|jsonl|ndjson|csv|tsv|pdf|docx?|odt|rtf|zip|gz|bz2|xz|zst|7z|tar|parquet|feather|warc|mbox|eml|"
    r"sqlite|duckdb|png|jpe?g|gif|webp|mp3|mp4)"
)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b\x1c\x1d\x1e\x1f") + b"\x7f"
_MAX_CONTROL_SHARE = 0.01
"""Old editors leave a stray control character; programs and images are full of them."""


def sniff(opening: Opening) -> bool:
    """Return whether the file is, or claims to be, plain text."""
    if opening.suffix in SUFFIXES:
        return True
    return _FOREIGN_SUFFIX.fullmatch(opening.suffix) is None and find_binary_kind(opening.head) is None


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Document | Skipped | Rejected]:
    """Yield the file's one document, or why it is none; never holds more than `max_document_bytes`."""
    raw = source.read(settings.max_document_bytes + 1)
    if len(raw) > settings.max_document_bytes:
        yield _reject_too_large(settings.max_document_bytes)
        return
    binary = _find_binary(raw)
    if binary is not None:
        yield _reject("read.binary_file", f"{binary}, so the file is no text; bring it as a format that is read", raw)
        return
    try:
        decoded = decode(raw)
    except UndecodableError as error:
        yield _reject_undecodable(raw, error)
        return
    if not decoded.text:
        yield _reject("read.empty_file", f"the file ends at byte {len(raw)}, right behind its byte order mark", raw)
        return
    yield _to_document(raw, decoded)


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return the text of a document that `split` yielded; `encoding` is the one it named, or None to find it."""
    try:
        decoded = decode(raw) if encoding is None else _decode_again(raw, encoding)
    except UndecodableError as error:
        return _reject_undecodable(raw, error)
    return Reading(decoded.text, decoded.encoding, flags=decoded.flags)


def _decode_again(raw: bytes, encoding: str) -> Decoded:
    return Decoded(decode_as(raw, encoding), encoding, is_guess(raw, encoding))


def _to_document(raw: bytes, decoded: Decoded) -> Document:
    return Document(
        position=0, raw=raw, format=FORMAT, media_type=MEDIA_TYPE, encoding=decoded.encoding, offset_bytes=0
    )


def _find_binary(raw: bytes) -> str | None:
    """Return in words what shows that `raw` is no text, with its place, or None."""
    kind = find_binary_kind(raw)
    if kind is not None:
        return f"the bytes at 0 open {kind}"
    if find_mark(raw) is not None or find_wide(raw) is not None:
        return None
    zero = raw.find(0)
    if zero >= 0:
        return f"a NUL byte stands at byte {zero} and neither a byte order mark nor UTF-16 explains it"
    controls = len(raw) - len(raw.translate(None, _CONTROLS))
    if controls > len(raw) * _MAX_CONTROL_SHARE:
        return f"{controls} of {len(raw)} bytes are control characters"
    return None


def _reject(reason: str, detail: str, raw: bytes) -> Rejected:
    return Rejected(reason, detail, position=0, raw=raw, whole_file=True)


def _reject_undecodable(raw: bytes, error: UndecodableError) -> Rejected:
    near = raw[error.offset : error.offset + 8].hex(" ")
    detail = f"no UTF-8 at byte {error.offset} ({near}): {error}; convert the file to UTF-8 and bring it again"
    return _reject("read.not_utf8", detail, raw)


def _reject_too_large(limit_bytes: int) -> Rejected:
    detail = (
        f"the document goes on at byte {limit_bytes}, beyond the limit max_document_bytes = {limit_bytes}; "
        "split the file, or raise the limit and bring it again"
    )
    return Rejected("read.document_too_large", detail, position=0, whole_file=True)
