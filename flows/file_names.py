"""What the name of a file in the inbox says: unfinished, hidden, an article, or what lies beside one."""

from __future__ import annotations

import os
from collections.abc import Iterator

PARTIAL_SUFFIXES = (b".tmp", b".part")
"""Names that writers give to files they have not finished."""
ARTICLE_SUFFIXES = (b".txt", b".text")
"""Suffixes of files that may have a sidecar."""
PLACES_TABLE = b"metadata.csv"
"""Beside the files of a folder, says where they belong; read with them."""


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
