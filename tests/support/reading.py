"""Reading of bytes as a file of some name, and of files that are made while they are read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from transforms.read import FileReading, read
from transforms.read.parts import Ending, Part
from transforms.rows import Arrival
from transforms.settings import TransformSettings

STORY = b"The council of Upper Tarn voted on Tuesday against a tunnel under the lake.\n"


def arrival(name: str) -> Arrival:
    """Return the arrival of a file of some name."""
    return Arrival(f"file:///inbox/{name}", name, datetime(2024, 3, 4, tzinfo=UTC))


def read_bytes(raw: bytes, name: str, **limits: Any) -> FileReading:
    """Return what a file holds."""
    return read(io.BytesIO(raw), arrival(name), TransformSettings(**limits))


def documents(reading: FileReading) -> list[dict[str, Any]]:
    """Return the documents of a file as rows."""
    return list(reading.split.kept["documents"].to_pylist())


def skipped(reading: FileReading) -> list[tuple[str, str | None]]:
    """Return reason and detail of what was skipped."""
    return [(row["reason"], row["detail"]) for row in reading.split.kept["skipped"].to_pylist()]


def reasons(reading: FileReading) -> list[str]:
    """Return the reasons of what was rejected."""
    return list(reading.split.rejected["reason"].to_pylist())


def details(reading: FileReading) -> list[str]:
    """Return the details of what was rejected."""
    return list(reading.split.rejected["detail"].to_pylist())


def positions(parts: list[Part | Ending]) -> list[int]:
    """Return the positions of all rows of parts."""
    tables = [
        table for part in parts if isinstance(part, Part) for table in (*part.split.kept.values(), part.split.rejected)
    ]
    return sorted(value for table in tables for value in table["position"].to_pylist())


class Made(io.RawIOBase):
    """A file that is made while it is read, so that no memory holds it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._ready = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer`; return how many bytes came."""
        while not self._ready:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._ready = piece
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count
