"""Streams that readers read from: each can only be read on, counts what went through, and holds no more than a piece.

Damage in the bytes of a stream comes as DamagedError behind all bytes that are whole.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from transforms.identity import HashedStream
from transforms.read.limits import DamagedError, UnreadableError
from transforms.read.sniff import OPENING_BYTES

PIECE_BYTES = 64 * 1024


class Limited(HashedStream):
    """The bytes of a file, hashed and counted; they end at `limit`, and `is_cut` says whether more were there."""

    def __init__(self, source: BinaryIO, limit: int) -> None:
        super().__init__(source)
        self._limit = limit
        self.is_cut = False

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` from the source; return how many bytes came, 0 at the end or at the limit."""
        if self.size_bytes >= self._limit:
            self.is_cut = self.is_cut or super().readinto(buffer) > 0
            return 0
        return super().readinto(memoryview(buffer)[: self._limit - self.size_bytes])

    def drain(self) -> None:
        """Read what is left, beyond the limit too, so that `id` and `size_bytes` are those of the whole."""
        buffer = bytearray(PIECE_BYTES)
        while super().readinto(buffer):
            pass


class MemberBytes(HashedStream):
    """The bytes of a member; damage in them bears the member's `level` unless an outer one has claimed it."""

    def __init__(self, source: BinaryIO, level: int) -> None:
        super().__init__(source)
        self._level = level

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` from the member; return how many bytes came, 0 at the end."""
        try:
            return super().readinto(buffer)
        except DamagedError as error:
            if error.level is None:
                error.level = self._level
            raise


class Rewound(io.RawIOBase):
    """A stream whose first bytes were looked at, from its beginning again."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`; return how many bytes came, 0 at the end."""
        if not self._head:
            return read_into(self._rest, buffer)
        count = min(len(buffer), len(self._head))
        buffer[:count] = self._head[:count]
        self._head = self._head[count:]
        return count


class Transcoded(io.RawIOBase):
    """A stream of text in `encoding` as UTF-8 without byte order mark; what is no text becomes U+FFFD."""

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`; return how many bytes came, 0 at the end."""
        while not self._ready:
            piece = read_piece(self._source)
            self._ready = self._decoder.decode(piece, not piece).encode("utf-8", "replace")
            if not piece:
                break
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def look_at(stream: BinaryIO, count: int = OPENING_BYTES) -> tuple[bytes, io.BufferedReader]:
    """Return the first `count` bytes of a stream, fewer only where it ends or breaks, and the stream from there again.

    Raises UnreadableError where not even one byte comes.
    """
    head: list[bytes] = []
    try:
        while count > 0 and (piece := read_piece(stream, count)):
            head.append(piece)
            count -= len(piece)
    except UnreadableError:
        if not head:
            raise
    seen = b"".join(head)
    return seen, buffered(Rewound(seen, stream))


def buffered(raw: io.RawIOBase) -> io.BufferedReader:
    """Return a stream as readers take it."""
    return io.BufferedReader(raw, PIECE_BYTES)


def read_piece(stream: BinaryIO, most: int = PIECE_BYTES) -> bytes:
    """Return the next bytes, at most `most` and as few as come at once; empty at the end."""
    read1 = getattr(stream, "read1", None)
    return cast(bytes, (read1 or stream.read)(most) or b"")


def read_into(stream: BinaryIO, buffer: bytearray | memoryview) -> int:
    """Fill `buffer` with the next piece of `stream`; return how many bytes came, 0 at the end."""
    piece = read_piece(stream, len(buffer))
    buffer[: len(piece)] = piece
    return len(piece)


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Yield all that is left of a stream, piece by piece."""
    while piece := read_piece(stream):
        yield piece


def drain(stream: BinaryIO) -> None:
    """Read a stream to its end."""
    for _ in pieces(stream):
        pass


class Tape:
    """The bytes of an archive, read on: some at a time, with the place where they stand, and put back if not used."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._ahead = b""
        self._at = 0
        self.offset = 0
        """Byte that comes next."""

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes, fewer at the end."""
        self._fill(count)
        return self._go(count)

    def peek(self, count: int) -> bytes:
        """Return the next `count` bytes, fewer at the end, and leave them there."""
        self._fill(count)
        return self._ahead[self._at : self._at + count]

    def take_some(self, most: int = PIECE_BYTES) -> bytes:
        """Return as many of the next bytes as come at once, at most `most`; empty at the end."""
        if self._at == len(self._ahead):
            self._ahead, self._at = read_piece(self._source), 0
        return self._go(most)

    def put_back(self, data: bytes) -> None:
        """Put bytes back that were taken last."""
        if len(data) <= self._at and data == self._ahead[self._at - len(data) : self._at]:
            self._at -= len(data)
        else:
            self._ahead, self._at = data + self._ahead[self._at :], 0
        self.offset -= len(data)

    def skip(self, count: int) -> int:
        """Go on by `count` bytes; return by how many the source fell short."""
        while count > 0 and (piece := self.take_some(min(count, PIECE_BYTES))):
            count -= len(piece)
        return count

    def _go(self, most: int) -> bytes:
        taken = self._ahead[self._at : self._at + most]
        self._at += len(taken)
        self.offset += len(taken)
        return taken

    def _fill(self, count: int) -> None:
        """Read ahead; damage is said when all that stands before it was taken."""
        try:
            while len(self._ahead) - self._at < count and (piece := read_piece(self._source)):
                self._ahead, self._at = self._ahead[self._at :] + piece, 0
        except DamagedError:
            if self._at == len(self._ahead):
                raise
