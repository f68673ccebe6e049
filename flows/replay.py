"""Replay: what waits in quarantine takes the whole way once more, with today's rules and today's sidecars.

What passes lands and is resolved; what fails for the same reason goes on waiting, and nothing is written about it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from flows.desk import Progress
from flows.direct import ingest_directly
from flows.file_names import path_of
from flows.inbox import InboxFile, Kept, look_at, root_of
from flows.runs import Request, Summary
from flows.settings import Settings
from warehouse import query, waiting


class Replay(NamedTuple):
    """What a replay did."""

    summary: Summary
    lost: Sequence[str]
    """Ids of entries whose bytes were not kept and whose file is gone: drop the file again to land them."""


class Found(NamedTuple):
    """What can be brought again."""

    files: Sequence[InboxFile]
    lost: Sequence[str]
    """Ids of the entries of which nothing is left."""


def replay(settings: Settings, quarantine_ids: Sequence[str], progress: Progress) -> Replay:
    """Take these entries of quarantine the whole way again; those that wait no more are passed over."""
    found = find(settings, quarantine_ids)
    request = Request((), "replay", files=found.files)

    return Replay(ingest_directly(settings, request, progress) if found.files else Summary(), found.lost)


def find(settings: Settings, quarantine_ids: Sequence[str]) -> Found:
    """Return the entries as the inbox would bring them: from the bytes that were kept, else from their files."""
    with query.connect(settings.data) as catalog:
        entries = waiting.entries(catalog, quarantine_ids)
    found = {entry.quarantine_id: _to_file(entry, settings.inbox) for entry in entries}
    files = [file for file in found.values() if file is not None]
    return Found(_each_once(files), [quarantine_id for quarantine_id, file in found.items() if file is None])


def _to_file(entry: waiting.Entry, inboxes: Sequence[Path]) -> InboxFile | None:
    path = path_of(entry.file_uri)
    root = root_of(path, inboxes) or os.path.dirname(path)
    if entry.raw and entry.file_id is not None and entry.position is not None:  # an empty file may have been filled
        kept = Kept(entry.raw, entry.file_id, entry.position)
        return InboxFile(path, root, len(entry.raw), 0, kept=kept)
    return look_at(path, root) if os.path.lexists(path) else None


def _each_once(files: Sequence[InboxFile]) -> list[InboxFile]:
    """Return the files in order of their names; a file that has several entries is read once."""
    keys = {(file.path, None if file.kept is None else file.kept.position): file for file in files}
    return [keys[key] for key in sorted(keys, key=lambda key: (key[0], key[1] or 0))]
