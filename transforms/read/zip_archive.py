"""zip archives, read from front to back by the headers before each member (PKWARE APPNOTE 6.3.10, section 4.3.7).

The directory at the end is counted against what was read. No byte is read twice, so members that lie over each other,
as in Fifield's bombs, can't multiply; a nested archive needs no copy, and of a cut one the whole members come out.
"""

from __future__ import annotations

import bz2
import io
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, NamedTuple

from transforms.read.compressed import ERRORS, Decompressor, Inflating, new_xz, new_zstd
from transforms.read.limits import Budget, DamagedError
from transforms.read.reader import Container, Member
from transforms.read.sniff import Opening
from transforms.read.streams import PIECE_BYTES, Tape
from transforms.rows import Rejected, Skipped

FORMAT = "zip"

_MEMBER = b"PK\x03\x04"
_DESCRIPTOR = b"PK\x07\x08"
_DIRECTORY = b"PK\x01\x02"
_AFTER_MEMBERS = (_DIRECTORY, b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x08")
_SPANNED = (b"PK00", _DESCRIPTOR)
"""Marks before the first member of an archive that was to be spanned over disks."""
_OFFICE = (b"[Content_Types].xml", b"mimetype", b"_rels/.rels", b"docProps/", b"word/document.xml")
"""First members of office documents and e-books: zip archives that are one document each."""
_HEADER = struct.Struct("<4xHHH4xIIIHH")
_ENCRYPTED, _DESCRIBED, _UTF8 = 0x1, 0x8, 0x800
_UNKNOWN_32 = 0xFFFFFFFF
_MAX_DESCRIPTOR = 24
_STORED = 0
_CUT = "read.archive_cut"

_DECOMPRESSORS: Mapping[int, Callable[[], Decompressor]] = {
    8: lambda: Inflating(-zlib.MAX_WBITS),
    12: bz2.BZ2Decompressor,
    93: new_zstd,
    95: new_xz,
}
"""By compression method (APPNOTE 4.4.5)."""


class _Header(NamedTuple):
    offset: int
    flags: int
    method: int
    crc: int
    size: int | None
    """Bytes as they are stored; None where only a descriptor behind them says it."""
    name: str


def sniff(opening: Opening) -> bool:
    """Return whether a file is a zip archive that is no office document."""
    head = opening.head
    if head.startswith(b"PK\x05\x06"):
        return True
    return head.startswith(_MEMBER) and not head[30:].startswith(_OFFICE) and opening.suffix != ".docx"


def members(source: BinaryIO, name: str, budget: Budget) -> Iterator[Member | Skipped | Rejected]:
    """Yield the members of an archive, and what is wrong with others; damage ends with one rejection of the rest."""
    tape = Tape(source)
    if tape.peek(4) in _SPANNED:
        tape.skip(4)
    count = 0
    while tape.peek(4) == _MEMBER:
        header = _read_header(tape)
        if header is None:
            break
        count += 1
        stream = _MemberData(tape, header, budget)
        refused = _refuse(header)
        yield refused or Member(header.name, stream, _starting_at(header.offset))  # type: ignore[arg-type]
        told = stream.failed is not None
        try:
            stream.finish()
        except DamagedError as error:
            if not told or error.reason != _CUT:
                yield Rejected(error.reason, f"{error.detail}; the members behind it were not read")
            return
    yield from _check_end(tape, count)


CONTAINER = Container(FORMAT, sniff, members, is_archive=True)


class _MemberData(io.RawIOBase):
    """What comes out of a member; its checksum is compared at its end."""

    def __init__(self, tape: Tape, header: _Header, budget: Budget) -> None:
        self._tape = tape
        self._header = header
        self._budget = budget
        self._left = header.size
        self._crc = 0
        self._at_end = False
        self.failed: DamagedError | None = None
        new = _DECOMPRESSORS.get(header.method)
        self._frame = None if new is None else new()
        self._stored = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`; return how many bytes came, 0 at the end; raise DamagedError where the data are wrong."""
        if self.failed is not None:
            raise self.failed
        try:
            out = b"" if self._at_end else self._next(len(buffer))
        except DamagedError as error:
            self.failed = error
            raise
        if self._frame is not None:
            self._budget.count_bytes(len(out))
        buffer[: len(out)] = out
        return len(out)

    def finish(self) -> None:
        """Go to the next header; raise DamagedError where its place is not known."""
        if self._header.size is not None:
            if self._tape.skip(self._left or 0):
                raise self._cut()
            if self._header.flags & _DESCRIBED and not self._at_end:
                _take_descriptor(self._tape, self._header.crc)
            return
        if self._header.flags & _ENCRYPTED or self._header.method not in (_STORED, *_DECOMPRESSORS):
            while self._stored_piece(PIECE_BYTES):
                pass
            return
        while not self._at_end:
            if self.failed is not None:
                raise self.failed
            self.read(PIECE_BYTES)

    def _next(self, most: int) -> bytes:
        out = self._stored_piece(most) if self._frame is None else self._expand(self._frame, most)
        self._crc = zlib.crc32(out, self._crc)
        if not out:
            self._at_end = True
            self._check()
        return out

    def _expand(self, frame: Decompressor, most: int) -> bytes:
        while not frame.eof:
            data = self._compressed_piece() if frame.needs_input else b""
            if frame.needs_input and not data:
                raise self._cut()
            try:
                out = frame.decompress(data, max_length=most)
            except ERRORS as error:
                raise self._damaged("read.member_damaged", f"can't be unpacked ({error})") from error
            if frame.eof:
                self._give_back(frame.unused_data)
            if out:
                return out
        return b""

    def _compressed_piece(self) -> bytes:
        piece = self._tape.take_some(PIECE_BYTES if self._left is None else min(self._left, PIECE_BYTES))
        if self._left is not None:
            self._left -= len(piece)
        return piece

    def _give_back(self, unused: bytes) -> None:
        self._tape.put_back(unused)
        if self._left is not None:
            self._left += len(unused)

    def _stored_piece(self, most: int) -> bytes:
        """Return the next bytes as they stand; without a size they end at the descriptor that fits them."""
        if self._left is not None:
            piece = self._tape.take_some(min(self._left, most)) if self._left else b""
            if self._left and not piece:
                raise self._cut()
            self._left -= len(piece)
            return piece
        ahead = self._tape.peek(most + _MAX_DESCRIPTOR)
        place = ahead.find(_DESCRIPTOR)
        while 0 <= place < most:
            if self._is_descriptor(ahead[place : place + _MAX_DESCRIPTOR], self._stored + place):
                self._stored += place
                return self._tape.take(place)
            place = ahead.find(_DESCRIPTOR, place + 1)
        if len(ahead) <= _MAX_DESCRIPTOR:
            raise self._cut()
        piece = self._tape.take(min(most, len(ahead) - _MAX_DESCRIPTOR))
        self._stored += len(piece)
        return piece

    def _is_descriptor(self, data: bytes, stored: int) -> bool:
        return data[8:12] == struct.pack("<I", stored & _UNKNOWN_32) or data[8:16] == struct.pack("<Q", stored)

    def _check(self) -> None:
        """Compare the checksum with that of the header, or of the descriptor, which is taken from the tape."""
        crc = self._header.crc if not self._header.flags & _DESCRIBED else _take_descriptor(self._tape, self._crc)
        if self._header.size is not None and self._header.flags & _DESCRIBED:
            self._left = 0
        if crc != self._crc:
            raise self._damaged("read.checksum_mismatch", f"has the checksum {self._crc:08x}, where {crc:08x} is said")

    def _cut(self) -> DamagedError:
        return self._damaged(_CUT, f"breaks off: the archive ends at byte {self._tape.offset}")

    def _damaged(self, reason: str, what: str) -> DamagedError:
        where = f"the member {self._header.name!r} that begins at byte {self._header.offset}"
        return DamagedError(reason, f"{where} {what}; bring the archive again, undamaged")


def _read_header(tape: Tape) -> _Header | None:
    """Return the header that stands next, or None where the archive ends in it."""
    offset = tape.offset
    data = tape.peek(4 + _HEADER.size - 4)
    if len(data) < _HEADER.size:
        return None
    _, flags, method, crc, size, _, name_length, extra_length = _HEADER.unpack(data)
    if len(tape.peek(_HEADER.size + name_length + extra_length)) < _HEADER.size + name_length + extra_length:
        return None
    tape.skip(_HEADER.size)
    name, extra = tape.take(name_length), tape.take(extra_length)
    known = _find_size(flags, method, size, extra)
    return _Header(offset, flags, method, crc, known, _to_name(name, flags))


def _find_size(flags: int, method: int, size: int, extra: bytes) -> int | None:
    """Return how many bytes are stored; None where the header does not know it yet (APPNOTE 4.4.4, bit 3)."""
    if size == _UNKNOWN_32:
        size = _zip64_size(extra)
    return None if flags & _DESCRIBED and size in (0, _UNKNOWN_32) else size


def _zip64_size(extra: bytes) -> int:
    """Return the second number of the zip64 field (APPNOTE 4.5.3), or the sign that there is none."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1 and length >= 16 and len(extra) >= 20:
            return int(struct.unpack_from("<Q", extra, 12)[0])
        extra = extra[4 + length :]
    return _UNKNOWN_32


def _to_name(name: bytes, flags: int) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("utf-8", "replace") if flags & _UTF8 else name.decode("cp437")


def _take_descriptor(tape: Tape, crc: int) -> int:
    """Take the descriptor behind a member's data; return the checksum it says. Its mark and its sizes vary."""
    ahead = tape.peek(_MAX_DESCRIPTOR + 4)
    marked = ahead.startswith(_DESCRIPTOR)
    said = int(struct.unpack_from("<I", ahead.ljust(8, b"\0"), 4 if marked else 0)[0])
    for length in (16, 24) if marked else (12, 20):
        if ahead[length : length + 2] == b"PK":
            tape.skip(length)
            return said
    if marked or said == crc:
        tape.skip(16 if marked else 12)
    return said


def _refuse(header: _Header) -> Rejected | None:
    where = f"the member {header.name!r} that begins at byte {header.offset}"
    if header.flags & _ENCRYPTED:
        return Rejected("read.encrypted_member", f"{where} is encrypted; unpack it yourself and bring what is in it")
    if header.method not in (_STORED, *_DECOMPRESSORS):
        detail = f"{where} is compressed by method {header.method}, which is not read; pack it with deflate"
        return Rejected("read.compression_unknown", detail)
    return None


def _starting_at(offset: int) -> Callable[[int], int | None]:
    return lambda _: offset


def _check_end(tape: Tape, count: int) -> Iterator[Rejected]:
    """Yield why what follows the members is not the directory of them."""
    offset = tape.offset
    sign = tape.peek(4)
    if sign not in _AFTER_MEMBERS:
        what = "ends" if len(sign) < 4 or sign == _MEMBER else "is damaged"
        detail = (
            f"the archive {what} at byte {offset}, before its directory; {count} members stood before; bring it whole"
        )
        yield Rejected(_CUT if what == "ends" else "read.archive_damaged", detail)
        return
    listed = _count_listed(tape)
    if listed is not None and listed > count:
        detail = (
            f"the directory at byte {offset} lists {listed} members, but {count} lie before it; bring the archive whole"
        )
        yield Rejected("read.archive_damaged", detail)


def _count_listed(tape: Tape) -> int | None:
    """Return how many members the directory lists, or None where it ends early: all members stood before it."""
    listed = 0
    while tape.peek(4) == _DIRECTORY:
        entry = tape.peek(46)
        if len(entry) < 46:
            return None
        tape.skip(46 + sum(struct.unpack_from("<HHH", entry, 28)))
        listed += 1
    return listed
