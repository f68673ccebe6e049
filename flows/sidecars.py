"""Sidecars: what lies beside a file to say what it cannot say itself: `x.json` beside `x.txt`, or metadata.csv."""

from __future__ import annotations

import csv
import io
import json
import os
from typing import ClassVar

from transforms.read.columns import Given
from transforms.read.placement import join_placements, placement_from_mapping
from transforms.rows import Placement

MAX_BYTES = 16 * 1024 * 1024
"""A larger sidecar is not read: it says something of one article."""


ARTICLE_SUFFIXES = (b".txt", b".text")
"""Suffixes of files that may have a sidecar."""


class PlaceError(Exception):
    """A sidecar is there and cannot be read; the message says which, why and what to do."""


def sidecar_of(path: bytes) -> bytes | None:
    """Return where the sidecar of a file would lie; None for a file that has none."""
    stem, suffix = os.path.splitext(path)
    return stem + b".json" if suffix.lower() in ARTICLE_SUFFIXES else None


class Sidecars:
    """The sidecars of a batch; each metadata.csv is read once."""

    TABLE_NAME: ClassVar[bytes] = b"metadata.csv"

    def __init__(self) -> None:
        self._tables: dict[bytes, dict[str, dict[str, str]]] = {}

    def placement(self, path: bytes) -> Placement:
        """Return what lies beside `path`; raise PlaceError when it is there and cannot be read."""
        placements = []
        own = sidecar_of(path)
        if own is not None and os.path.isfile(own):
            placements.append(_to_placement(own))
        folder, name = os.path.split(path)
        row = self._table(os.path.join(folder, self.TABLE_NAME)).get(name.decode("utf-8", "replace"))
        if row is not None:
            placements.append(placement_from_mapping(row, "sidecar"))
        return join_placements(*placements)

    def _table(self, path: bytes) -> dict[str, dict[str, str]]:
        if path not in self._tables:
            self._tables[path] = _read_table(path) if os.path.isfile(path) else {}
        return self._tables[path]


def _to_placement(path: bytes) -> Placement:
    try:
        return placement_from_mapping(_read_object(path), "sidecar")
    except RecursionError as error:
        raise PlaceError(f"{_shown(path)} is nested too deep to be a sidecar; mend it") from error


def _read_object(path: bytes) -> dict[str, Given]:
    try:
        value = json.loads(_read_text(path))
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise PlaceError(f"{_shown(path)} is no JSON (line {error.lineno}: {error.msg}); mend it") from error
    except ValueError as error:  # half a surrogate pair, or a number of thousands of digits
        raise PlaceError(f"{_shown(path)} holds what is no text or number ({error}); mend it") from error
    if not isinstance(value, dict):
        raise PlaceError(f"{_shown(path)} holds {type(value).__name__}, not an object of names and values; mend it")
    return value


def _read_table(path: bytes) -> dict[str, dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(_read_text(path), newline=""), strict=True)
        if "file" not in (reader.fieldnames or ()):
            raise PlaceError(f"{_shown(path)} has no column `file` with the names of the files; add it")
        return {
            row["file"]: {key: value for key, value in row.items() if key not in (None, "file") and value}
            for row in reader
        }
    except csv.Error as error:
        raise PlaceError(f"{_shown(path)} is no CSV ({error}); mend it") from error


def _read_text(path: bytes) -> str:
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise PlaceError(f"{_shown(path)} is larger than {MAX_BYTES} bytes; a sidecar is small")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlaceError(f"{_shown(path)} is no UTF-8 (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        why = f"{_shown(path)} cannot be read: {error.strerror}"
        raise PlaceError(f"{why}; give copydesk's user the right to read it") from error


def _shown(path: bytes) -> str:
    return os.path.basename(path).decode("utf-8", "replace")
