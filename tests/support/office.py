"""A warehouse whose commits are made by hand, one line each: for tests of the writing side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from transforms.deduplicate import relate
from warehouse import catalog, claims, landing, peek, sketches
from warehouse.audit import audit
from warehouse.claims import Run
from warehouse.landing import Landing, Receipt, RunEnd
from warehouse.ledger import Ledger
from warehouse.sketch_index import SketchIndex
from warehouse.tables import BY_NAME, SIGNATURES

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
LEASE = timedelta(minutes=1)

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def uri(name: str) -> str:
    return f"file:///inbox/{name}"


def story(name: str, *, body: str | None = None, file: str | None = None, new: bool = True) -> dict[str, Any]:
    """Return the rows that one article brings; with `new` false its document is in the warehouse already."""
    text = f"The story {name} is told here." if body is None else body
    place = {"file_id": f"file-{file or name}", "file_uri": uri(file or name), "position": 0, "source": "gazette"}
    document = {**place, "document_id": name, "format": "plain_text"}
    counted = {"documents": 1, "articles": int(new), "repeats": int(not new), "quarantined": 0, "skipped": 0}
    received = NOON.replace(tzinfo=None)
    arrived = {key: place[key] for key in ("file_id", "file_uri", "source")}
    return {
        "documents": [document] if new else [],
        "repeats": [] if new else [{**_without(place, "file_id"), "document_id": name, "received_at": received}],
        "articles": [
            {
                **document,
                "article_id": name,
                "body": text,
                "paragraph_count": 1,
                "word_count": len(text.split()),
                "char_count": len(text),
                "transform_version": "1",
                "lines_version": 0,
            }
        ],
        "quotes": [
            {
                "quote_id": f"quote-{name}",
                "article_id": name,
                "ordinal": 0,
                "kind": "direct",
                "text": text[:3],
                "start_char": 0,
                "end_char": 3,
                "rule": "r",
                "confidence": 1.0,
            }
        ],
        "files": [{**arrived, "received_at": received, "status": "landed", **counted}],
    }


def joined(*parts: Rows) -> dict[str, list[Mapping[str, Any]]]:
    """Return the rows of several stories as one batch's."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: [row for part in parts for row in part.get(name, ())] for name in names}


def signature(article_id: str, text: str, published_at: datetime | None = None) -> dict[str, Any]:
    row = {"article_id": article_id, "text_hash": text, "published_at": published_at, "source": "gazette"}
    return {**row, "is_dated": False}


class Office:
    """A ledger at a fixed moment, and commits to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ledger = Ledger(root)
        self.index = SketchIndex()

    def close(self) -> None:
        self.ledger.close()

    def begin(self, *files: str, now: datetime = NOON, lease: timedelta = LEASE) -> Run:
        """Begin a run that has claimed `files`."""
        run = claims.begin_run(self.ledger, "manual", now=now, version="1")
        claims.claim(self.ledger, run.run_id, [uri(file) for file in files], now=now, lease=lease)
        return run

    def land(
        self, rows: Rows, *, run: Run | None = None, now: datetime = NOON, signatures: Sequence[Mapping[str, Any]] = ()
    ) -> int:
        """Commit `rows` in a run of their own, or as one batch of `run`; return the snapshot."""
        own = run or self.begin(*(row["file_uri"].removeprefix(uri("")) for row in rows.get("files", ())), now=now)
        with landing.committer(self.ledger):
            snapshot = landing.land(self.ledger, self.to_landing(own, rows, signatures, ends=run is None), now=now)
        if run is None:
            own.close()
        return snapshot

    def to_landing(
        self, run: Run, rows: Rows, signatures: Sequence[Mapping[str, Any]] = (), *, ends: bool = True
    ) -> Landing:
        """Return the commit of `rows`, with the copies that `signatures` make."""
        tables: dict[str, pa.Table] = {name: BY_NAME[name].from_rows(listed) for name, listed in rows.items()}
        signed = SIGNATURES.from_rows(signatures)
        with self.ledger.reading() as connection:
            tables |= relate(signed, sketches.candidates(connection, signed, self.index))
        receipts = [Receipt(row["file_uri"], row["file_id"], 9, 9, "[]") for row in rows.get("files", ())]
        return Landing(run.run_id, tables, receipts, signed, RunEnd() if ends else None)

    def publish(self, at: int | None = None) -> None:
        catalog.publish(self.root, self.ledger.read_snapshot(at))

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of `sql` in the newest snapshot."""
        self.publish()
        with peek.open_catalog(self.root) as connection:
            return connection.execute(sql).fetchall()

    def ask_at(self, snapshot: int, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of `sql` as of a snapshot."""
        target = self.root / f"at-{snapshot}.duckdb"
        catalog.publish(self.root, self.ledger.read_snapshot(snapshot), target=target)
        with peek.open_file(target) as connection:
            return connection.execute(sql).fetchall()

    def lake_files(self, table: str) -> set[Path]:
        return set((self.root / "lake" / table).glob("*"))

    def findings(self) -> set[str]:
        """Return the checks of the audit that found something."""
        return {finding.check for finding in audit(self.ledger).findings}


def commit_many(root: str, writer: str, commits: int) -> None:
    """Commit one story after the other; for a process of its own."""
    office = Office(Path(root))
    for number in range(commits):
        office.land(story(f"{writer}-{number}"))
    office.close()


def begin_and_wait(root: str, file: str, begun: Any) -> None:
    """Claim a file for an hour, say so, and never end; for a process that is to be killed."""
    office = Office(Path(root))
    begun.send(office.begin(file, lease=timedelta(hours=1)).run_id)
    begun.recv()


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in names}
