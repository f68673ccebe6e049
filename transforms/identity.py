"""Ids: the first 32 hex digits of a SHA-256, so that the same bytes bear the same name everywhere."""

from __future__ import annotations

import hashlib
import io
from typing import BinaryIO

ID_DIGITS = 32


def to_id(data: bytes) -> str:
    """Return the id of `data`."""
    return hashlib.sha256(data).hexdigest()[:ID_DIGITS]


class HashedStream(io.RawIOBase):
    """The bytes of `source`, hashed and counted as they are read; closing it leaves `source` open."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` from the source; return how many bytes came, 0 at the end."""
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        self._hash.update(data)
        self.size_bytes += len(data)
        return len(data)

    @property
    def id(self) -> str:
        """The id of the bytes read so far."""
        return self._hash.hexdigest()[:ID_DIGITS]
