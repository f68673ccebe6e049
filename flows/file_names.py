"""What a file in the inbox is by its name: unfinished, hidden, an article, or beside one; and what its address is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes

PARTIAL_SUFFIXES = (b".tmp", b".part")
"""Names that writers give to files they have not finished."""
ARTICLE_SUFFIXES = (b".txt", b".text")
"""Suffixes of files that may have a sidecar."""
PLACES_TABLE = b"metadata.csv"
"""Beside the files of a folder, says where they belong; read with them."""
SCHEME = "file://"


def uri_of(path: bytes) -> str:
    """Return the address of a path; any bytes can stand in it."""
    return SCHEME + quote(path)


def path_of(uri: str) -> bytes:
    """Return the path that `uri_of` made an address of."""
    return unquote_to_bytes(uri.removeprefix(SCHEME))


def is_left_alone(name: bytes) -> bool:
    """Return whether a file of that name is none of ours: unfinished, hidden, or a table of places."""
    return name.startswith(b".") or name.lower().endswith(PARTIAL_SUFFIXES) or name == PLACES_TABLE


def sidecar_of(path: bytes) -> bytes | None:
    """Return where the sidecar of a file would lie; None for a file that has none."""
    stem, suffix = os.path.splitext(path)
    return stem + b".json" if suffix.lower() in ARTICLE_SUFFIXES else None


def listed(folder: bytes) -> Iterator[tuple[bytes, os.stat_result]]:
    """Yield the files below `folder` that are to be taken, sidecars left out, with what the system knows of them."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(b".")]
        paths = [os.path.join(place, name) for name in names if not is_left_alone(name)]
        sidecars = {sidecar_of(path) for path in paths}
        for path in paths:
            if path not in sidecars:
                try:
                    yield path, os.stat(path)
                except OSError:  # gone since the folder was listed, or not for us to see: no file that waits
                    continue
