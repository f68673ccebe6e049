"""Sidecars: what lies beside a file to say what it cannot say itself: `x.json` beside `x.txt`, or metadata.csv."""

from __future__ import annotations

import csv
import io
import json
import os

from flows.file_names import PLACES_TABLE, sidecar_of
from transforms.read.columns import Given, find_column
from transforms.read.placement import join_placements, placement_from_mapping
from transforms.rows import Placement

MAX_BYTES = 16 * 1024 * 1024
"""A larger sidecar is not read: it says something of one article."""
LONE_BYTES = 64 * 1024
"""A larger JSON file is a story, not the sidecar of one that is still to come."""


class PlaceError(Exception):
    """A sidecar is there and cannot be read; the message says which, why and what to do."""


def may_be_sidecar(path: bytes) -> bool:
    """Return whether a JSON file without a partner reads as a sidecar that came first: few words, and no story."""
    try:
        if os.stat(path).st_size > LONE_BYTES:
            return False
        said = _read_object(path)
    except (OSError, PlaceError, RecursionError):
        return False
    columns = {find_column(key) for key in said}
    is_flat = not any(isinstance(value, dict) for value in said.values())
    return is_flat and "body" not in columns and columns != {None} and bool(columns)


class Sidecars:
    """The sidecars of a batch; each metadata.csv is read once."""

    def __init__(self) -> None:
        self._tables: dict[bytes, dict[str, dict[str, str]]] = {}

    def placement(self, path: bytes) -> Placement:
        """Return what lies beside `path`; raise PlaceError when it is there and cannot be read."""
        own = sidecar_of(path)
        beside = [_to_placement(own)] if own is not None and os.path.isfile(own) else []
        folder, name = os.path.split(path)
        if (table := self._table(folder)) and (row := table.get(name.decode("utf-8", "replace"))) is not None:
            beside.append(placement_from_mapping(row, "sidecar"))
        return join_placements(*beside)

    def _table(self, folder: bytes) -> dict[str, dict[str, str]]:
        if folder not in self._tables:
            path = os.path.join(folder, PLACES_TABLE)
            self._tables[folder] = _read_table(path) if os.path.isfile(path) else {}
        return self._tables[folder]


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
