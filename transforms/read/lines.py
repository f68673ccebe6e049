"""Lines of a file with their numbers and places; one that is too long is passed over without being held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from transforms.read.streams import pieces


class Line(NamedTuple):
    """A line with its end mark."""

    raw: bytes | None
    """None for a line longer than the limit."""
    offset_bytes: int
    number: int
    """From 1."""


class Lines:
    """The lines of a file; memory: one line of `limit_bytes`, or a piece of the file."""

    def __init__(self, source: BinaryIO, limit_bytes: int, *, end: bytes = b"\n") -> None:
        self._source = source
        self._limit = limit_bytes
        self._end = end
        self.skips_blank = True
        """Whether runs of empty lines may be passed over; they are where a piece of the file begins with one."""

    def __iter__(self) -> Iterator[Line]:
        number, offset, held = 1, 0, 0
        parts: list[bytes] = []
        for piece in pieces(self._source):
            if self.skips_blank and not held:
                rest = piece.lstrip(b"\r\n")
                blank = piece[: len(piece) - len(rest)]
                number, offset, piece = number + blank.count(self._end), offset + len(blank), rest
            *whole, rest = piece.split(self._end)
            for each in whole:
                held += len(each) + 1
                parts.append(each)
                yield Line(b"".join((*parts, self._end)) if held <= self._limit else None, offset, number)
                offset, number, held = offset + held, number + 1, 0
                parts.clear()
            held += len(rest)
            if held <= self._limit:
                parts.append(rest)
            else:
                parts.clear()
        if held:
            yield Line(b"".join(parts) if held <= self._limit else None, offset, number)
