"""Compressed files: gzip, bzip2, xz and zstandard, of one frame or many.

Each frame is unpacked piece by piece; where the data break off, all that was whole before has come through.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from backports import zstd

from transforms.read.limits import Budget, DamagedError
from transforms.read.member_names import compressed_name
from transforms.read.reader import Container, Member
from transforms.read.sniff import Opening
from transforms.read.streams import Tape
from transforms.settings import MEBIBYTE

XZ_MEMORY_BYTES = 128 * MEBIBYTE
"""xz asks for up to 65 MiB at its highest preset."""
ZSTD_WINDOW_LOG = 27
"""128 MiB, the most that zstandard itself unpacks without being asked to."""


class Decompressor(Protocol):
    """What the standard library's decompressors have in common."""

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out before something goes in."""

    @property
    def unused_data(self) -> bytes:
        """What came behind the frame's end."""

    def decompress(self, data: bytes, /, max_length: int = -1) -> bytes:
        """Return at most `max_length` bytes."""


class Inflating:
    """zlib's decompressor, with the manners of the others."""

    def __init__(self, window_bits: int) -> None:
        self._inflate = zlib.decompressobj(window_bits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""
        return self._inflate.eof

    @property
    def unused_data(self) -> bytes:
        """What came behind the frame's end."""
        return self._inflate.unused_data

    def decompress(self, data: bytes, /, max_length: int = -1) -> bytes:
        """Return at most `max_length` bytes."""
        out = self._inflate.decompress(self._inflate.unconsumed_tail + data, max_length)
        self.needs_input = len(out) < max_length and not self._inflate.unconsumed_tail
        return out


ERRORS = (zlib.error, OSError, lzma.LZMAError, zstd.ZstdError, EOFError, ValueError)
"""What decompressors raise on damaged data."""


def new_gzip() -> Decompressor:
    """Return a decompressor for one gzip frame."""
    return Inflating(zlib.MAX_WBITS | 16)


def new_xz() -> Decompressor:
    """Return a decompressor for one xz or lzma stream."""
    return lzma.LZMADecompressor(memlimit=XZ_MEMORY_BYTES)


def new_zstd() -> Decompressor:
    """Return a decompressor for one zstandard frame."""
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})


class Expanding(io.RawIOBase):
    """What comes out of the frames on a tape; counted by the budget."""

    def __init__(self, tape: Tape, new: Callable[[], Decompressor], budget: Budget) -> None:
        self._tape = tape
        self._new = new
        self._budget = budget
        self._frame: Decompressor | None = None
        self._starts: deque[tuple[int, int]] = deque()
        self._size = 0
        self._failed: DamagedError | None = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`; return how many bytes came, 0 at the end; raise DamagedError where the data break off."""
        if self._failed is not None:
            raise self._failed
        try:
            out = self._next(len(buffer))
        except DamagedError as error:
            self._failed = error
            raise
        self._budget.count_bytes(len(out))
        self._size += len(out)
        buffer[: len(out)] = out
        return len(out)

    def frame_offset(self, offset: int) -> int | None:
        """Return where the frame begins that holds the byte `offset` of the output; asked in rising order."""
        while len(self._starts) > 1 and self._starts[1][0] <= offset:
            self._starts.popleft()
        return self._starts[0][1] if self._starts and self._starts[0][0] <= offset else None

    def _next(self, most: int) -> bytes:
        while True:
            if self._frame is None and not self._begin():
                return b""
            frame = self._frame
            assert frame is not None
            data = self._tape.take_some() if frame.needs_input else b""
            if frame.needs_input and not data:
                raise DamagedError(
                    "read.compressed_data_cut",
                    f"the compressed data end at byte {self._tape.offset}, in the frame that begins at byte "
                    f"{self._starts[-1][1]}; bring the whole file",
                )
            out = self._expand(frame, data, most)
            if frame.eof:
                self._tape.put_back(frame.unused_data)
                self._frame = None
            if out:
                return out

    def _begin(self) -> bool:
        """Begin the next frame; return False at the end. Zeros between and behind frames are padding."""
        while (ahead := self._tape.peek(1)) == b"\0" and self._starts:
            self._tape.take(1)
        if not ahead:
            return False
        self._starts.append((self._size, self._tape.offset))
        self._frame = self._new()
        return True

    def _expand(self, frame: Decompressor, data: bytes, most: int) -> bytes:
        try:
            return frame.decompress(data, max_length=most)
        except ERRORS as error:
            raise DamagedError(
                "read.compressed_data_damaged",
                f"the compressed data of the frame that begins at byte {self._starts[-1][1]} can't be unpacked "
                f"({error}); bring the file again, undamaged",
            ) from error


@dataclass(frozen=True, slots=True)
class _Codec:
    """One kind of compression."""

    format: str
    magic: tuple[bytes, ...]
    new: Callable[[], Decompressor]

    def sniff(self, opening: Opening) -> bool:
        return opening.head.startswith(self.magic)

    def members(self, source: BinaryIO, name: str, budget: Budget) -> Iterator[Member]:
        stream = Expanding(Tape(source), self.new, budget)
        yield Member(compressed_name(name), stream, stream.frame_offset)  # type: ignore[arg-type]

    def container(self) -> Container:
        return Container(self.format, self.sniff, self.members, is_archive=False)


CODECS = (
    _Codec("gzip", (b"\x1f\x8b\x08",), new_gzip),
    _Codec("bzip2", tuple(b"BZh%d1AY&SY" % level for level in range(1, 10)), bz2.BZ2Decompressor),
    _Codec("xz", (b"\xfd7zXZ\0",), new_xz),
    _Codec("zstd", (b"\x28\xb5\x2f\xfd", *(bytes([code]) + b"\x2a\x4d\x18" for code in range(0x50, 0x60))), new_zstd),
)
CONTAINERS = tuple(codec.container() for codec in CODECS)
