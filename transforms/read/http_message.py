"""HTTP responses as a crawler kept them (RFC 9110, RFC 9112): status, fields, and the body without its codings."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pyarrow as pa

from transforms.read.compressed import ERRORS, Decompressor, Inflating, new_gzip, new_zstd
from transforms.read.warc_records import Headers, parse_headers

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_END = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_PIECE = 64 * 1024


class Response(NamedTuple):
    """A response: its status, None where the first line has none, its fields, and its body as it was sent."""

    status: int | None
    headers: Headers
    body: bytes


class CodingError(ValueError):
    """A body whose codings can't be undone; `reason` is the quarantine's."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def parse_response(block: bytes) -> Response | None:
    """Return the response that `block` is, or None for what is none."""
    status = _STATUS.match(block)
    if status is None:
        return None
    end = _END.search(block)
    head = block if end is None else block[: end.start()]
    return Response(int(status[1]), parse_headers(head), b"" if end is None else block[end.end() :])


def media_type(headers: Headers) -> str | None:
    """Return the media type that a field Content-Type names, in lower case, or None."""
    said = headers.get("content-type", "").partition(";")[0].strip().lower()
    return said if "/" in said else None


def charset(headers: Headers) -> str | None:
    """Return the charset that a field Content-Type names, or None."""
    match = _CHARSET.search(headers.get("content-type", ""))
    return None if match is None else match[1].lower()


def unchunked(response: Response) -> bytes:
    """Return the body without chunked transfer coding; what was unchunked before it was kept stays as it is."""
    if "chunked" not in response.headers.get("transfer-encoding", "").lower():
        return response.body
    parts: list[bytes] = []
    at = 0
    while (match := _CHUNK.match(response.body, at)) is not None:
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(response.body[match.end() : match.end() + size])
        at = match.end() + size
        at += len(re.match(rb"\r?\n?", response.body[at : at + 2])[0])  # type: ignore[index]
    return b"".join(parts) if at >= len(response.body) and parts else response.body


def decoded(body: bytes, headers: Headers, limit_bytes: int) -> bytes:
    """Return a body without its content codings; raise CodingError for an unknown or broken one, or a bomb."""
    codings = [each.strip().lower() for each in headers.get("content-encoding", "").split(",")]
    for coding in reversed([each for each in codings if each not in ("", "identity", "none", "utf-8")]):
        body = _decode(body, coding, limit_bytes)
    return body


def _decode(body: bytes, coding: str, limit_bytes: int) -> bytes:
    if not body:
        return body
    if coding in ("gzip", "x-gzip") and not body.startswith(b"\x1f\x8b"):
        return body  # the crawler undid the coding and left the field
    if coding == "br":
        pieces = _brotli(body)
    elif coding in _NEW:
        pieces = _expand(body, _NEW[coding](body))
    else:
        raise CodingError("read.content_coding_unknown", f"the content coding {coding!r} is none that is read")
    out = bytearray()
    try:
        for piece in pieces:
            out += piece
            if len(out) > limit_bytes:
                raise CodingError(
                    "read.document_too_large", f"more than max_document_bytes = {limit_bytes} come out of it"
                )
    except ERRORS as error:
        if isinstance(error, CodingError):
            raise
        raise CodingError(
            "read.content_coding_broken", f"the {coding} data of its body can't be unpacked ({error})"
        ) from error
    return bytes(out)


def _expand(body: bytes, frame: Decompressor) -> Iterator[bytes]:
    yield frame.decompress(body, max_length=_PIECE)
    while not frame.eof:
        piece = frame.decompress(b"", max_length=_PIECE)
        if not piece:
            raise EOFError("it breaks off")
        yield piece


def _brotli(body: bytes) -> Iterator[bytes]:
    with pa.CompressedInputStream(pa.BufferReader(body), "brotli") as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _new_deflate(body: bytes) -> Decompressor:
    """Return a decompressor for zlib data, or for bare deflate data, which old servers sent under the same name."""
    return Inflating(
        zlib.MAX_WBITS if body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0 else -zlib.MAX_WBITS
    )


_NEW: Mapping[str, Callable[[bytes], Decompressor]] = {
    "gzip": lambda body: new_gzip(),
    "x-gzip": lambda body: new_gzip(),
    "deflate": _new_deflate,
    "zstd": lambda body: new_zstd(),
}
