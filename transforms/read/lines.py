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


def read_lines(source: BinaryIO, limit_bytes: int, *, end: bytes = b"\n") -> Iterator[Line]:
    """Yield the lines of a file; memory: one line of `limit_bytes`, or a piece of the file."""
    number, offset = 1, 0
    parts: list[bytes] = []
    held = 0
    for piece in pieces(source):
        *whole, rest = piece.split(end)
        for each in whole:
            held += len(each) + 1
            parts.append(each)
            yield Line(b"".join((*parts, end)) if held <= limit_bytes else None, offset, number)
            offset, number, held = offset + held, number + 1, 0
            parts.clear()
        held += len(rest)
        if held <= limit_bytes:
            parts.append(rest)
        else:
            parts.clear()
    if held:
        yield Line(b"".join(parts) if held <= limit_bytes else None, offset, number)
