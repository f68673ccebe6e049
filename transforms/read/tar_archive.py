"""tar archives: ustar, GNU and pax (POSIX.1-2001, section "pax Interchange Format"), read from front to back."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from transforms.read.limits import Budget, DamagedError
from transforms.read.reader import Container, Member
from transforms.read.sniff import Opening
from transforms.read.streams import Tape
from transforms.rows import Rejected, Skipped

FORMAT = "tar"

_BLOCK = 512
_FILES = (b"0", b"\0", b"7")
_OTHERS = {b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device", b"6": "a pipe"}
_FOLDERS = (b"5", b"D")
_LONG_NAME, _LONG_LINK, _PAX, _PAX_ALL, _SPARSE = b"L", b"K", b"x", b"g", b"S"
_MAX_NOTE_BYTES = 1024 * 1024
"""A name or note on the next member that is longer than this is an attack."""


@dataclass(slots=True)
class _Said:
    """What notes before a header say of the next member."""

    name: str | None = None
    size: int | None = None
    sparse: bool = False
    rest: dict[str, str] = field(default_factory=dict)


def sniff(opening: Opening) -> bool:
    """Return whether a file is a tar archive: its first block has the right checksum."""
    head = opening.head[:_BLOCK]
    return len(head) == _BLOCK and head[0] != 0 and _is_header(head)


def members(source: BinaryIO, name: str, budget: Budget) -> Iterator[Member | Skipped | Rejected]:
    """Yield the files in an archive, and what is no file; damage ends with one rejection of the rest."""
    tape = Tape(source)
    said = _Said()
    while True:
        offset = tape.offset
        header = tape.take(_BLOCK)
        if not header.strip(b"\0"):
            if len(header) < _BLOCK:
                yield _reject_end(offset + len(header))
            return
        if len(header) < _BLOCK:
            yield _reject_end(offset + len(header))
            return
        size = _to_number(header[124:136])
        if not _is_header(header) or size is None:
            detail = f"no header stands at byte {offset}; what follows was not read; bring the archive undamaged"
            yield Rejected("read.archive_damaged", detail)
            return
        kind = header[156:157]
        if kind in (_LONG_NAME, _LONG_LINK, _PAX, _PAX_ALL):
            note = _take_note(tape, size)
            if note is None:
                yield Rejected("read.archive_damaged", f"the note at byte {offset} is cut or larger than any name")
                return
            _understand(kind, note, said)
            continue
        size = size if said.size is None else said.size
        left = yield from _to_member(tape, header, said, size, offset)
        if left:
            return
        said = _Said()


CONTAINER = Container(FORMAT, sniff, members, is_archive=True)


class _MemberData(io.RawIOBase):
    """The bytes of a member, which stand in the archive as they are."""

    def __init__(self, tape: Tape, size: int, name: str) -> None:
        self._tape = tape
        self._name = name
        self.left = size
        self.is_cut = False
        """Whether the reader of the member has met the archive's end."""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`; return how many bytes came, 0 at the end; raise DamagedError where the archive ends first."""
        if self.left == 0:
            return 0
        piece = self._tape.take_some(min(len(buffer), self.left))
        if not piece:
            self.is_cut = True
            detail = f"the member {self._name!r} breaks off: the archive ends at byte {self._tape.offset}, {self.left} "
            raise DamagedError("read.archive_cut", f"{detail}bytes too early; bring it whole")
        self.left -= len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


def _to_member(
    tape: Tape, header: bytes, said: _Said, size: int, offset: int
) -> Generator[Member | Skipped | Rejected, None, int]:
    """Yield what a header announces; return how many of its bytes the archive lacks."""
    kind, name = header[156:157], said.name or _to_name(header)
    begin = tape.offset
    data = _MemberData(tape, size, name)
    if kind in _FOLDERS or (kind in _FILES and name.endswith("/")):
        yield Skipped(0, "read.folder", repr(name))
    elif kind in _OTHERS:
        size = data.left = 0
        yield Skipped(0, "read.not_a_file", f"{name!r} is {_OTHERS[kind]}")
    elif kind == _SPARSE or said.sparse:
        yield Rejected("read.sparse_member", f"the member {name!r} at byte {offset} has holes; pack it without")
    elif kind in _FILES:
        yield Member(name, data, _from(begin))  # type: ignore[arg-type]
    else:
        yield Skipped(0, "read.not_a_file", f"{name!r} is of kind {kind!r}")
    short = tape.skip(data.left)
    tape.skip(-size % _BLOCK)
    if short and not data.is_cut:
        yield Rejected(
            "read.archive_cut", f"the archive ends at byte {tape.offset}, {short} bytes before {name!r} does"
        )
    return short


def _take_note(tape: Tape, size: int) -> bytes | None:
    if size > _MAX_NOTE_BYTES:
        return None
    note = tape.take(size)
    tape.skip(-size % _BLOCK)
    return note if len(note) == size else None


def _understand(kind: bytes, note: bytes, said: _Said) -> None:
    if kind == _LONG_NAME:
        said.name = note.rstrip(b"\0").decode("utf-8", "replace")
    if kind != _PAX:
        return
    for key, value in _pax_records(note):
        if key == "path":
            said.name = value
        elif key == "size" and value.isascii() and value.isdigit() and len(value) < 20:
            said.size = int(value)
        elif key.startswith("GNU.sparse."):
            said.sparse = True


def _pax_records(note: bytes) -> Iterator[tuple[str, str]]:
    """Yield keys and values of lines like `27 path=…`; a line that is none ends them."""
    while note:
        digits, _, _ = note[:12].partition(b" ")
        if not digits.isdigit() or not len(digits) < int(digits) <= len(note):
            return
        record, note = note[len(digits) + 1 : int(digits) - 1], note[int(digits) :]
        key, _, value = record.partition(b"=")
        yield key.decode("utf-8", "replace"), value.decode("utf-8", "replace")


def _is_header(block: bytes) -> bool:
    said = _to_number(block[148:156])
    return said is not None and said == sum(block[:148]) + 8 * 0x20 + sum(block[156:])


def _to_number(field_: bytes) -> int | None:
    """Return an octal number, or one in base 256 as GNU writes it; None for anything else."""
    if field_[:1] == b"\x80":
        return int.from_bytes(field_[1:], "big")
    digits = field_.strip(b" \0")
    if not digits:
        return 0
    return int(digits, 8) if digits.translate(None, b"01234567") == b"" else None


def _to_name(header: bytes) -> str:
    name = header[:100].partition(b"\0")[0]
    prefix = header[345:500].partition(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return (prefix + b"/" + name if prefix else name).decode("utf-8", "replace")


def _from(begin: int) -> Callable[[int], int | None]:
    return lambda offset: begin + offset


def _reject_end(offset: int) -> Rejected:
    return Rejected("read.archive_cut", f"the archive ends at byte {offset}, before its end mark; bring it whole")
