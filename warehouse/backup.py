"""A backup: a data folder of its own that holds the warehouse as it was at one snapshot, taken while it is in use.

The ledger is copied page by page in one read transaction; the Parquet files that it names never change, so they are
linked or copied at leisure. What is not the warehouse (inbox, reports, Prefect's history, settings) is not in it.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import delete

from warehouse import catalog, paths
from warehouse import ledger_schema as schema
from warehouse.audit import Finding, audit
from warehouse.durability import sync
from warehouse.lake import TEMPORARY
from warehouse.ledger import Ledger, set_meta
from warehouse.locks import locked
from warehouse.moments import to_text
from warehouse.snapshots import LakeFile, Snapshot

LABEL = "backup.json"
"""What a backup says of itself: snapshot, moment, and the folder that it was taken of."""


class BackupRefused(Exception):
    """Nothing was written: the target holds something, or lies where no backup may lie."""


class BackupBroken(Exception):
    """The audit of the copy found something; the copy was left aside, under its temporary name."""

    def __init__(self, folder: Path, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        super().__init__(f"{folder}: {len(findings)} findings, the first: {first.check}: {first.where}: {first.what}")
        self.findings = findings


class Backup(NamedTuple):
    """What was copied."""

    snapshot: int
    files: int
    """Parquet files."""
    size_bytes: int
    """Of the Parquet files and the ledger."""
    linked: int
    """Files that share their bytes with the warehouse, as both lie on one disk."""


def back_up(root: Path, target: Path, *, now: datetime, link: bool = True) -> Backup:
    """Copy the newest snapshot of the warehouse below `root` to the folder `target`; it appears whole or not at all.

    Ingestion, compaction and readers go on; only `sweep` removes nothing meanwhile. A backup that was killed is taken
    up where it stopped when it is asked for again. Snapshots before the newest are not in it.
    Raises BackupRefused, BackupBroken when the audit of the copy is not clean, and OSError.
    """
    root, target = root.resolve(), target.resolve()
    _check_place(root, target)
    with locked(paths.lock(root, paths.BACKUP_LOCK)):
        fresh = target.with_name(f".{target.name}.fresh")
        fresh.mkdir(parents=True, exist_ok=True)
        snapshot = _copy_ledger(root, fresh)
        linked = [_copy_file(root, fresh, file, link=link) for file in snapshot.files]
        _remove_strangers(fresh, snapshot.files)
        _check(fresh)
        size = paths.ledger(fresh).stat().st_size + sum(file.size_bytes for file in snapshot.files)
        _label(fresh, {"snapshot": snapshot.number, "taken_at": to_text(now), "of": str(root)})
        _put_in_place(fresh, target)
    catalog.publish(target, snapshot)
    return Backup(snapshot.number, len(snapshot.files), size, sum(linked))


def _check_place(root: Path, target: Path) -> None:
    if not paths.ledger(root).exists():
        raise BackupRefused(f"there is no warehouse in {root}")
    if target == root or root in target.parents:
        raise BackupRefused(f"{target} is or lies in the data folder itself, and goes where that goes")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupRefused(f"{target} is there already and not empty, and a backup writes over nothing")


def _copy_ledger(root: Path, fresh: Path) -> Snapshot:
    """Copy the ledger as it is at one moment; return the snapshot that the copy holds, the only one it knows."""
    target = paths.ledger(fresh)
    for name in (target.name, f"{target.name}-wal", f"{target.name}-shm"):
        (fresh / name).unlink(missing_ok=True)
    source = paths.ledger_address(root)
    with closing(sqlite3.connect(source, uri=True)) as from_, closing(sqlite3.connect(target)) as to:
        from_.backup(to)
    with _opened(fresh) as ledger:
        snapshot = ledger.read_snapshot()
        with ledger.writing() as connection:
            connection.execute(delete(schema.lake_files).where(schema.lake_files.c.end_snapshot.isnot(None)))
            connection.execute(delete(schema.superseded).where(schema.superseded.c.erased_snapshot.isnot(None)))
            set_meta(connection, "oldest_snapshot", snapshot.number)
    return snapshot


def _copy_file(root: Path, fresh: Path, file: LakeFile, *, link: bool) -> bool:
    """Put a Parquet file into the copy, unless an earlier attempt did; return whether it shares its bytes."""
    source, target = paths.lake(root) / file.path, paths.lake(fresh) / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        return target.samefile(source)
    if link and _link(source, target):
        return True
    temporary = target.with_name(f".{target.name}{TEMPORARY}")
    shutil.copy2(source, temporary)
    sync(temporary)
    temporary.rename(target)
    return False


def _link(source: Path, target: Path) -> bool:
    """Give a file a second name; False where the file system cannot, or the names lie on two disks."""
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


def _remove_strangers(fresh: Path, files: Iterable[LakeFile]) -> None:
    """Remove what an earlier attempt copied and the snapshot does not name; make the names that stay durable."""
    named = {paths.lake(fresh) / file.path for file in files}
    for path in paths.lake(fresh).glob("*/*"):
        if path not in named:
            path.unlink()
    for folder in (paths.lake(fresh), *paths.lake(fresh).glob("*")):
        if folder.exists():
            sync(folder)


def _check(fresh: Path) -> None:
    with _opened(fresh) as ledger:
        findings = audit(ledger).findings
    if findings:
        raise BackupBroken(fresh, findings)


def _opened(fresh: Path) -> closing[Ledger]:
    """Open the copy's ledger for a block; on closing it is one file again, without a log beside it."""
    return closing(Ledger(fresh))


def _label(fresh: Path, facts: dict[str, object]) -> None:
    with (fresh / LABEL).open("w") as file:
        json.dump(facts, file, indent=2)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(fresh: Path, target: Path) -> None:
    shutil.rmtree(fresh / "locks", ignore_errors=True)
    os.replace(fresh, target)
    sync(target)
    sync(target.parent)
