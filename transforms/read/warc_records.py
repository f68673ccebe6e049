"""Records of a WARC file (ISO 28500:2017, WARC 1.0 and 1.1), read from front to back.

A record is held only up to the limit; where no record stands, reading goes on at the next that does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from transforms.read.streams import PIECE_BYTES, Tape

Headers = Mapping[str, str]
"""Values by name in lower case; of a name that is given twice the first stands."""

_VERSION = re.compile(rb"WARC/(?:0\.1[78]|1\.[01])\r?\n")
_NEXT = re.compile(rb"(?<=\n)WARC/(?:0\.1[78]|1\.[01])\r?\n")
_END = re.compile(rb"\r?\n\r?\n")
_MAX_HEADER_BYTES = 256 * 1024
_HEX = re.compile(r"[0-9A-Fa-f]+")
_FOLDED = re.compile(r"\r?\n[ \t]+")
_DIGESTS = frozenset({"md5", "sha1", "sha256", "sha384", "sha512"})


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its header as it stands, and its block; the block is None above the limit."""

    offset_bytes: int
    head: bytes
    headers: Headers
    block: bytes | None
    block_bytes: int
    opening: bytes
    """The first bytes of the block, which are there above the limit, too."""

    @property
    def kind(self) -> str:
        """What the record is: `response`, `request`, `warcinfo` …"""
        return self.headers.get("warc-type", "").lower()

    @property
    def id(self) -> str | None:
        """The record's own id, without its brackets."""
        said = self.headers.get("warc-record-id")
        return None if said is None else said.strip("<> ")


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that are no whole record."""

    offset_bytes: int
    reason: str
    what: str
    raw: bytes | None = None


def read_records(source: BinaryIO, limit_bytes: int) -> Iterator[Record | Damage]:
    """Yield the records of a file, and what stands between them that is none."""
    tape = Tape(source)
    while True:
        _skip_blank(tape)
        offset = tape.offset
        ahead = tape.peek(16)
        if not ahead:
            return
        if _VERSION.match(ahead) is None:
            yield from _find_next(tape, offset, "no record begins there")
            continue
        yield from _read_record(tape, offset, limit_bytes)


def parse_record(raw: bytes) -> Record | None:
    """Return the record that `raw` is, or None."""
    end = _END.search(raw)
    if _VERSION.match(raw) is None or end is None:
        return None
    block = raw[end.end() :]
    return Record(0, raw[: end.end()], parse_headers(raw[: end.start()]), block, len(block), block[:PIECE_BYTES])


def parse_headers(head: bytes) -> Headers:
    """Return the named fields below the first line; a line that is none is passed over."""
    text = _FOLDED.sub(" ", _to_text(head))
    found: dict[str, str] = {}
    for line in text.splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def has_digest(data: bytes, said: str | None) -> bool | None:
    """Return whether `data` has the digest that is said, as in `sha1:3I42H3S6…`; None where it can't be told."""
    name, _, value = (said or "").partition(":")
    name = name.strip().lower().replace("-", "")
    if name not in _DIGESTS or not value.strip():
        return None
    actual = hashlib.new(name, data, usedforsecurity=False).digest()
    expected = list(_to_digests(value.strip(), len(actual)))
    return actual in expected if expected else None


def _to_digests(value: str, size: int) -> Iterator[bytes]:
    """Yield a digest printed in base 16, 32 or 64, in each of them that it can be."""
    bare = value.rstrip("=")
    try:
        if len(value) == 2 * size and _HEX.fullmatch(value):
            yield bytes.fromhex(value)
        if len(bare) == -(-size * 8 // 5):
            yield base64.b32decode(bare.upper() + "=" * (-len(bare) % 8))
        if len(bare) == -(-size * 8 // 6):
            yield base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_")
    except (ValueError, binascii.Error):
        return


def _read_record(tape: Tape, offset: int, limit_bytes: int) -> Iterator[Record | Damage]:
    head = _take_head(tape)
    if head is None:
        yield from _find_next(tape, offset, "its header does not end", past_first=True)
        return
    headers = parse_headers(head)
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 19):
        yield from _find_next(tape, offset, f"its Content-Length is {length!r}")
        return
    size = int(length)
    block = _take_block(tape, min(size, limit_bytes))
    short = min(size, limit_bytes) - len(block)
    if not short and size > limit_bytes:
        short = tape.skip(size - limit_bytes)
    if short:
        what = f"the record is cut: the file ends at byte {tape.offset}, {short} bytes before its block of {size} does"
        yield Damage(offset, "read.record_cut", what, head + block)
        return
    yield Record(offset, head, headers, block if size <= limit_bytes else None, size, block[:PIECE_BYTES])


def _take_head(tape: Tape) -> bytes | None:
    size = 4096
    while True:
        ahead = tape.peek(size)
        end = _END.search(ahead)
        if end is not None:
            return tape.take(end.end())
        if len(ahead) < size or size >= _MAX_HEADER_BYTES:
            return None
        size *= 4


def _take_block(tape: Tape, size: int) -> bytes:
    parts: list[bytes] = []
    while size > 0:
        piece = tape.take_some(min(size, PIECE_BYTES))
        if not piece:
            break
        parts.append(piece)
        size -= len(piece)
    return b"".join(parts)


def _skip_blank(tape: Tape) -> None:
    while (ahead := tape.peek(64)) and ahead[:1] in b"\r\n":
        tape.skip(len(ahead) - len(ahead.lstrip(b"\r\n")))


def _find_next(tape: Tape, offset: int, what: str, *, past_first: bool = False) -> Iterator[Damage]:
    """Go on to the next record; yield one damage for the bytes before it."""
    if past_first:
        tape.skip(5)
    kept = b""
    while piece := tape.take_some():
        window = kept + piece
        found = _NEXT.search(window)
        if found is not None:
            tape.put_back(window[found.start() :])
            break
        kept = window[-16:]
    detail = f"{what}; {tape.offset - offset} bytes were passed over"
    yield Damage(offset, "read.record_broken", detail)


def _to_text(head: bytes) -> str:
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("latin-1")
