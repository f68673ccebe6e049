"""A ledger that keeps signatures only: for tests of what *deduplicate* finds, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from transforms.deduplicate import relate, sign
from warehouse import records, sketches
from warehouse.ledger import Ledger
from warehouse.sketch_index import SketchIndex
from warehouse.tables import ARTICLES

Row = Mapping[str, Any]


def words(seed: str, count: int) -> str:
    """Return `count` words that no other seed gives."""
    return " ".join(f"{seed}{Random(f'{seed}{place}').randrange(10**6)}" for place in range(count))


def article(article_id: str, body: str, published_at: datetime | None = None, **values: Any) -> dict[str, Any]:
    """Return a row of `articles` with what is signed."""
    return {"article_id": article_id, "source": "gazette", "body": body, "published_at": published_at, **values}


class Shelf:
    """Lands batches of articles; `relation` is what the newest rows of `duplicates` say."""

    def __init__(self, root: Path) -> None:
        self.ledger = Ledger(root)
        self.index = SketchIndex()
        self.relation: dict[str, tuple[str, str]] = {}
        self.versions: dict[str, tuple[str, int, str]] = {}
        self.snapshot = 0

    def close(self) -> None:
        self.ledger.close()

    def land(self, *articles: Row) -> list[dict[str, Any]]:
        """Land a batch; return the rows of `duplicates` it made."""
        signatures = sign(ARTICLES.from_rows(articles))
        with self.ledger.reading() as connection:
            found = sketches.candidates(connection, signatures, self.index)
        relations = relate(signatures, found)
        duplicates, versions = relations["duplicates"], relations["versions"]
        self.snapshot += 1
        with self.ledger.writing() as connection:
            records.record_signatures(connection, signatures, self.snapshot)
            records.record_relations(connection, relations, self.snapshot)
        rows: list[dict[str, Any]] = duplicates.to_pylist()
        for row in rows:
            self.relation.pop(row["article_id"], None)
            if row["duplicate_of"] is not None:
                self.relation[row["article_id"]] = row["duplicate_of"], row["kind"]
        for row in versions.to_pylist():
            self.versions.pop(row["article_id"], None)
            if row["version_of"] is not None:
                self.versions[row["article_id"]] = row["version_of"], row["version"], row["method"]
        return rows

    def land_in_pieces(self, articles: Sequence[Row], sizes: Sequence[int]) -> None:
        """Land `articles` in batches of `sizes`, the rest in one."""
        left = list(articles)
        for size in sizes:
            if left[:size]:
                self.land(*left[:size])
            left = left[size:]
        if left:
            self.land(*left)
