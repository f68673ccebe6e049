"""A newsroom: an inbox, a warehouse, and the real pipeline between them, for tests of the whole way."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows import pipeline, settings
from flows.desk import Desk, utc_now
from flows.pipeline import AS_THEY_ARE, Hops
from flows.runs import Request, Summary
from flows.workers import Workers
from warehouse import peek
from warehouse.audit import Finding, audit
from warehouse.ledger import Ledger
from warehouse.tables import TABLES

UNALIKE = {
    *("run_id", "flow_run_id", "quarantine_id", "snapshot", "first_snapshot", "last_snapshot", "batch", "resolved_by"),
    *("started_at", "finished_at", "received_at", "modified_at", "landed_at", "quarantined_at", "resolved_at"),
    "validated_at",
}
"""Columns in which two runs over the same files may differ."""


def article(number: int, *, words: str = "council") -> str:
    """Return a text that passes all checks, unlike those of other numbers."""
    paragraphs = [
        f"The {words} of district {number} met on Monday to settle point {line} of its agenda, the clerk said, and "
        f"sat for {line + number + 3} hours with all of its members and {number + 40} guests present."
        for line in range(1, 4)
    ]
    return "\n\n".join((f"The {words} of district {number} meets again", *paragraphs)) + "\n"


QUICK = {"workers": 1, "arrivals": {"quiet_seconds": 0}}
"""One worker is enough, and nobody goes on writing to the files of a test."""


class Newsroom:
    """An inbox and a data folder below `folder`; the workers of `pool` are shared with other newsrooms."""

    def __init__(self, folder: Path, pool: Workers | None = None, **options: object) -> None:
        self.data, self.inbox = folder / "data", folder / "inbox"
        self.inbox.mkdir(parents=True, exist_ok=True)
        self.pool = pool
        self.now = utc_now
        self.settings = settings.load({**QUICK, "data": self.data, "inbox": [self.inbox], **options})

    def drop(self, name: str, content: str | bytes) -> Path:
        """Write a file into the inbox and return where it lies."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def ingest(self, *paths: str | os.PathLike[str], hops: Hops = AS_THEY_ARE, **request: Any) -> Summary:
        """Take files, by default the inbox, the whole way."""
        return asyncio.run(self.ingesting(*paths, hops=hops, **request))

    async def ingesting(self, *paths: str | os.PathLike[str], hops: Hops = AS_THEY_ARE, **request: Any) -> Summary:
        """Do what `ingest` does, in a loop that runs already."""
        with self.desk() as desk:
            return await pipeline.ingest(desk, Request(paths or [self.inbox], **request), hops)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Open a desk of this newsroom; the shared workers live on when it closes."""
        desk = Desk(self.settings, now=self.now)
        own, desk.workers = desk.workers, self.pool or desk.workers
        try:
            yield desk
        finally:
            desk.workers = own if self.pool else desk.workers
            desk.close()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of `sql` as a reader of `warehouse.duckdb` sees them."""
        with peek.open_catalog(self.data) as connection:
            return connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        """Return the one value of `sql`."""
        ((value,),) = self.ask(sql)
        return value

    def counts(self) -> dict[str, int]:
        """Return the number of rows of every table that has some."""
        counted = {table.name: self.value(f"SELECT count(*) FROM {table.name}") for table in TABLES}
        return {name: number for name, number in counted.items() if number}

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Return the rows of a table without what differs from run to run, sorted."""
        columns = next(one.columns for one in TABLES if one.name == table)
        alike = ", ".join(f'"{name}"' for name in columns if name not in UNALIKE)
        return self.ask(f"SELECT {alike} FROM {table} ORDER BY ALL")

    def reasons(self) -> dict[str, str]:
        """Return the reason for each file in quarantine, by the end of its address."""
        return {
            uri.rsplit("/", 1)[-1]: reason for uri, reason in self.ask("SELECT file_uri, reason FROM open_quarantine")
        }

    def findings(self) -> tuple[Finding, ...]:
        """Return what the audit finds."""
        ledger = Ledger(self.data)
        try:
            return audit(ledger).findings
        finally:
            ledger.close()


def with_hop(name: str, hop: Callable[..., Awaitable[Any]]) -> Hops:
    """Return the stages with one of them replaced."""
    return AS_THEY_ARE._replace(**{name: hop})
