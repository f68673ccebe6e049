"""The ledger: the one book that says what belongs to the warehouse, and since when.

A SQLite database in WAL mode, synchronous=FULL; what one transaction says is true together or not at all.
Claims on files are in `warehouse.claims`, look-ups in `warehouse.seen`, commits in `warehouse.landing`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, insert, or_, select, update
from sqlalchemy import Connection as Connection
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import OperationalError

from warehouse import ledger_schema as schema
from warehouse import paths
from warehouse.moments import to_text
from warehouse.seen import among
from warehouse.snapshots import LakeFile, Snapshot

BUSY_SECONDS = 10.0
"""How long one attempt to write waits for another writer; a commit takes 10 ms."""
PAUSES_SECONDS = (0.5, 1.0, 2.0)
"""Between the attempts, in which somebody who holds the ledger by mistake may be found and ended."""


class LedgerError(Exception):
    """The ledger cannot be used as asked.

    LedgerError
    ├── LedgerTooNew      a newer copydesk wrote it
    ├── SnapshotExpired   the asked snapshot is no longer, or not yet, there
    ├── LedgerBusy        somebody else has kept it locked all the time
    ├── LeaseLost         another run took the files over
    └── SnapshotMoved     somebody committed in between: a commit without the committer's lock
    """


class LedgerTooNew(LedgerError):
    """A newer copydesk wrote the ledger."""


class SnapshotExpired(LedgerError):
    """The asked snapshot cannot be read."""


class LedgerBusy(LedgerError):
    """Another process has kept the write lock for longer than we wait; nothing was written."""


class LeaseLost(LedgerError):
    """Files of the commit are claimed by another run."""


class SnapshotMoved(LedgerError):
    """The newest snapshot is not the one the commit was made for."""


class Ledger:
    """The ledger of the warehouse below `root`; created when it is not there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self._readers = _make_engine(paths.ledger(root))
        self._writers = self._readers.execution_options(writes=True)
        try:
            with self.writing() as connection:
                _create_or_check(connection, paths.ledger(root))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close all connections."""
        self._readers.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the ledger."""
        with self._readers.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; it has the write lock from its first moment (BEGIN IMMEDIATE).

        Raises LedgerBusy when another process does not let go of it.
        """
        with ExitStack() as stack:
            yield self._begin_writing(stack)

    def _begin_writing(self, stack: ExitStack) -> Connection:
        began = time.monotonic()
        for pause in (*PAUSES_SECONDS, None):
            try:
                return stack.enter_context(self._writers.begin())
            except OperationalError as error:
                if "locked" not in str(error.orig):
                    raise
            if pause is not None:
                time.sleep(pause)
        raise LedgerBusy(
            f"{paths.ledger(self.root)} was locked for {time.monotonic() - began:.0f} s by another process; "
            "nothing was written, and what has not landed waits"
        )

    def snapshot(self) -> int:
        """Return the newest snapshot number; 0 before the first commit."""
        with self.reading() as connection:
            return newest_snapshot(connection)

    def read_snapshot(self, at: int | None = None) -> Snapshot:
        """Return the warehouse as of snapshot `at`, default the newest; raise SnapshotExpired when it is not kept."""
        with self.reading() as connection:
            return snapshot_at(connection, at)


def newest_snapshot(connection: Connection) -> int:
    """Return the newest snapshot number as `connection` sees it."""
    return int(get_meta(connection, "snapshot") or 0)


def oldest_snapshot(connection: Connection) -> int:
    """Return the oldest snapshot number that can be read."""
    return int(get_meta(connection, "oldest_snapshot") or 0)


def snapshot_at(connection: Connection, at: int | None = None) -> Snapshot:
    """Return the warehouse as of snapshot `at`, default the newest; raise SnapshotExpired when it is not kept."""
    newest = newest_snapshot(connection)
    number = newest if at is None else at
    oldest = oldest_snapshot(connection)
    if not oldest <= number <= newest:
        raise SnapshotExpired(f"snapshot {number} cannot be read: the oldest that can is {oldest}, the newest {newest}")
    return Snapshot(number, _files_at(connection, number), _superseded_at(connection, number))


def set_meta(connection: Connection, key: str, value: object) -> None:
    """Write one value of the ledger's own facts."""
    statement = upsert(schema.meta).values(key=key, value=str(value))
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": str(value)}))


def advance(connection: Connection, number: int, run_id: str, now: datetime) -> None:
    """Count the snapshot up to `number`: with this, what the transaction did is visible."""
    connection.execute(insert(schema.snapshots).values(number=number, run_id=run_id, committed_at=to_text(now)))
    set_meta(connection, "snapshot", number)


def add_lake_files(connection: Connection, files: list[LakeFile]) -> None:
    """Name `files` as part of the warehouse."""
    if files:
        connection.execute(insert(schema.lake_files), [_file_row(file) for file in files])


def retire_lake_files(connection: Connection, lake_paths: list[str], snapshot: int, now: datetime) -> None:
    """Say that `lake_paths` are part of the warehouse up to the snapshot before `snapshot` only."""
    files = schema.lake_files
    retired = {"end_snapshot": snapshot, "retired_at": to_text(now)}
    connection.execute(update(files).where(among(files.c.path, lake_paths)).values(retired))


def _make_engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        # SQLAlchemy's events, not sqlite3, say when a transaction begins.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _create_or_check(connection: Connection, path: Path) -> None:
    if not connection.dialect.has_table(connection, "meta"):
        schema.metadata.create_all(connection)
        for key, value in (("schema_version", schema.LEDGER_VERSION), ("snapshot", 0), ("oldest_snapshot", 0)):
            set_meta(connection, key, value)
        return
    version = int(get_meta(connection, "schema_version") or 0)
    if version > schema.LEDGER_VERSION:
        raise LedgerTooNew(
            f"{path} has ledger version {version}, this copydesk knows up to {schema.LEDGER_VERSION}: "
            "a newer copydesk wrote it; upgrade copydesk"
        )
    _upgrade(connection, version)


def _upgrade(connection: Connection, version: int) -> None:
    for step in range(version, schema.LEDGER_VERSION):
        for statement in UPGRADES[step]:
            connection.exec_driver_sql(statement)
    if version < schema.LEDGER_VERSION:
        set_meta(connection, "schema_version", schema.LEDGER_VERSION)


UPGRADES: Mapping[int, tuple[str, ...]] = {0: ()}
"""Statements that take a ledger from a version to the next; version 0 never left the workshop."""


def get_meta(connection: Connection, key: str) -> str | None:
    """Return one value of the ledger's own facts, or None."""
    value = connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == key)).scalar_one_or_none()
    return None if value is None else str(value)


def _files_at(connection: Connection, number: int) -> tuple[LakeFile, ...]:
    files = schema.lake_files
    rows = connection.execute(
        select(files)
        .where(files.c.begin_snapshot <= number, or_(files.c.end_snapshot.is_(None), files.c.end_snapshot > number))
        .order_by(files.c.begin_snapshot, files.c.path)
    )
    return tuple(_to_file(row._mapping) for row in rows)


def _superseded_at(connection: Connection, number: int) -> tuple[tuple[str, str], ...]:
    pairs = schema.superseded
    rows = connection.execute(
        select(pairs.c.article_id, pairs.c.run_id)
        .where(
            pairs.c.begin_snapshot <= number, or_(pairs.c.erased_snapshot.is_(None), pairs.c.erased_snapshot > number)
        )
        .order_by(pairs.c.article_id, pairs.c.run_id)
    )
    return tuple((row.article_id, row.run_id) for row in rows)


def _file_row(file: LakeFile) -> dict[str, object]:
    row = file._asdict()
    row["table_name"] = row.pop("table")
    return row


def _to_file(row: Mapping[Any, Any]) -> LakeFile:
    return LakeFile(
        row["path"],
        row["table_name"],
        row["rows"],
        row["size_bytes"],
        row["schema_version"],
        row["run_id"],
        row["begin_snapshot"],
        row["end_snapshot"],
    )
