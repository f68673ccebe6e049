"""Files that a search finds and that somebody may still be writing: left alone until nothing is written any more.

What the watcher hands over by name is whole already. A search comes at any moment; what it leaves, the watcher or the
next search takes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from flows.inbox import InboxFile


def without_unfinished(
    files: Sequence[InboxFile],
    *,
    named: Collection[bytes],
    quiet_seconds: float,
    now: datetime,
    pause: Callable[[float], None] = time.sleep,
) -> list[InboxFile]:
    """Return the files without those that change within `quiet_seconds`; `named` ones are not looked at.

    Pauses for so long, once, when a file was written to less than that ago; otherwise it returns at once.
    """
    since = now.timestamp() - quiet_seconds
    fresh = [file for file in files if file.path not in named and file.modified_ns / 1e9 > since]
    if not fresh:
        return list(files)
    pause(quiet_seconds)
    unfinished = {file.path for file in fresh if not _is_as_found(file)}
    return [file for file in files if file.path not in unfinished]


def _is_as_found(file: InboxFile) -> bool:
    try:
        facts = os.stat(file.path)
    except OSError:
        return False
    return (facts.st_size, facts.st_mtime_ns) == (file.size_bytes, file.modified_ns)
