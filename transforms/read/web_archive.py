"""Web archives: WARC files, of which each kept response or resource with a page is a document.

The record is the document, with its headers, so that address, date and character set stay with the page.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from transforms.read.http_message import CodingError, Response, charset, decoded, media_type, parse_response, unchunked
from transforms.read.onward import PAGE, parse_as
from transforms.read.reader import Outcome
from transforms.read.sniff import Opening
from transforms.read.warc_records import Damage, Record, has_digest, parse_record, read_records
from transforms.rows import Arrival, Document, Reading, Rejected, Skipped
from transforms.settings import TransformSettings

FORMAT = "web_archive"

PAGES = {
    "text/html": PAGE,
    "application/xhtml+xml": PAGE,
    "text/plain": "plain_text",
    "application/ld+json": "schema_org",
}
"""Readers by the media type of what was fetched; other types hold no article."""
_KINDS = frozenset({"response", "resource", "conversion"})
_SCHEMES = frozenset({"http", "https", "ftp", "file"})
"""Crawlers file their logs and settings under schemes of their own (`metadata:`, `dns:`, `urn:`)."""
_OK = 200
_ROBOTS = "/robots.txt"


class _Payload(NamedTuple):
    """What was fetched: its media type, character set, bytes as kept, and the response around it."""

    media_type: str | None
    charset: str | None
    response: Response


def sniff(opening: Opening) -> bool:
    """Return whether the file is a web archive, WARC or its forerunner ARC."""
    return opening.head.lstrip(b"\r\n").startswith((b"WARC/", b"filedesc:"))


def split(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Outcome]:
    """Yield the records with a page as documents, others as skipped, and what is damaged with its place."""
    for index, record in enumerate(read_records(source, settings.max_document_bytes)):
        if isinstance(record, Damage):
            yield _reject_damage(record, is_first=index == 0)
        else:
            yield _to_outcome(record, settings)


def parse(raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return what the page of a record says; `encoding` is the character set that its response named."""
    record = parse_record(raw)
    payload = None if record is None else _find_payload(record)
    if record is None or payload is None:
        return Rejected("read.record_broken", "at byte 0 stands no record with a page")
    try:
        page = decoded(unchunked(payload.response), payload.response.headers, settings.max_document_bytes)
    except CodingError as error:
        return Rejected(error.reason, f"{error}; fetch the page again")
    reading = parse_as(PAGES.get(payload.media_type or "", PAGE), page, encoding, settings)
    if isinstance(reading, Rejected):
        return reading
    return replace(reading, url=_url(record) or reading.url)


def _to_outcome(record: Record, settings: TransformSettings) -> Outcome:
    skipped = _find_other(record)
    if skipped is not None:
        return skipped
    payload = _find_payload(record)
    other = None if payload is None else _find_other_payload(record, payload)
    if other is not None:
        return other
    if record.block is None:
        detail = (
            f"the record at byte {record.offset_bytes} has {record.block_bytes} bytes, beyond max_document_bytes = "
            f"{settings.max_document_bytes}; raise the limit and bring it again"
        )
        return Rejected("read.document_too_large", detail)
    raw = record.head + record.block
    if payload is None:
        return Rejected("read.record_broken", _say(record, "it holds no HTTP response"), raw=raw)
    mismatch = _find_mismatch(record, payload)
    if mismatch is not None:
        return Rejected("read.digest_mismatch", _say(record, mismatch), raw=raw)
    return Document(
        position=0,
        raw=raw,
        format=FORMAT,
        media_type=payload.media_type or "text/html",
        encoding=payload.charset,
        member=record.id,
        offset_bytes=record.offset_bytes,
        url=_url(record),
    )


def _find_other(record: Record) -> Skipped | None:
    """Return why a record is none of a page, by its header alone."""
    if record.kind not in _KINDS:
        return Skipped(0, "read.no_page_record", _name(record))
    if record.headers.get("warc-segment-number", "1") != "1":
        return Skipped(0, "read.continued_record", _name(record))
    if _url_scheme(record) not in _SCHEMES:
        return Skipped(0, "read.no_page_record", _name(record))
    if record.kind != "response" and (media_type(record.headers) or "") not in PAGES:
        return Skipped(0, "read.not_a_page", f"{_name(record)} of type {media_type(record.headers)}")
    return None


def _find_other_payload(record: Record, payload: _Payload) -> Skipped | None:
    """Return why a response is no page, by what the server said of it."""
    if payload.response.status not in (_OK, None):
        return Skipped(0, "read.not_ok_response", f"status {payload.response.status}, {_name(record)}")
    kind = payload.media_type
    if (kind is not None and kind not in PAGES) or (_url(record) or "").partition("?")[0].endswith(_ROBOTS):
        return Skipped(0, "read.not_a_page", f"{_name(record)} of type {kind}")
    if not payload.response.body.strip():
        return Skipped(0, "read.empty_response", _name(record))
    return None


def _find_payload(record: Record) -> _Payload | None:
    """Return what was fetched; a response that is no HTTP message is None."""
    block = record.opening if record.block is None else record.block
    if record.kind != "response":
        return _Payload(media_type(record.headers), _known(charset(record.headers)), Response(None, {}, block))
    response = parse_response(block)
    if response is None:
        return None
    return _Payload(media_type(response.headers), _known(charset(response.headers)), response)


def _find_mismatch(record: Record, payload: _Payload) -> str | None:
    """Return which digest the record's bytes do not have, or None.

    Writers differ in whether a payload is digested with or without its transfer coding: either will do.
    """
    if has_digest(record.block or b"", record.headers.get("warc-block-digest")) is False:
        return f"its block has not the digest {record.headers['warc-block-digest']} that its header says"
    said = record.headers.get("warc-payload-digest")
    if "warc-truncated" in record.headers or record.kind != "response":
        return None
    if has_digest(payload.response.body, said) is False and has_digest(unchunked(payload.response), said) is False:
        return f"its payload has not the digest {said} that its header says"
    return None


def _reject_damage(damage: Damage, *, is_first: bool) -> Rejected:
    advice = "bring the file again, whole"
    if is_first and damage.offset_bytes == 0 and damage.reason == "read.record_broken":
        advice = "an ARC file has to be converted to WARC before"
    return Rejected(damage.reason, f"at byte {damage.offset_bytes}: {damage.what}; {advice}", raw=damage.raw)


def _known(name: str | None) -> str | None:
    """Return the name of a character set that can be decoded, else None."""
    try:
        return None if name is None else codecs.lookup(name).name
    except (LookupError, ValueError):
        return None


def _url(record: Record) -> str | None:
    said = record.headers.get("warc-target-uri")
    return None if said is None else said.strip("<> ") or None


def _url_scheme(record: Record) -> str:
    return (_url(record) or "").partition(":")[0].lower()


def _name(record: Record) -> str:
    return f"{record.kind or 'record'} {_url(record) or record.id or ''}".strip()


def _say(record: Record, what: str) -> str:
    return f"the record at byte {record.offset_bytes} ({_name(record)}): {what}; fetch it again"
