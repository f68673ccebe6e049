"""Are articles of one event told apart from those of others?

Question:  on labelled events, how good are the stories (BCubed), how much does that hang on the threshold, and how much
           on the order in which the articles arrive?
Command:   python benchmarks/stories.py DEV.jsonl[.gz]…
Input:     one JSON object per line: id, cluster, title, text (may be missing), date (ISO) or time (seconds since 1970).
Answer:    a line per set and threshold, and one on orders of arrival.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from transforms.deduplicate import stories
from transforms.deduplicate.story_terms import to_story_terms
from warehouse import tables
from warehouse.ledger import Ledger
from warehouse.records import record_story_terms
from warehouse.story_candidates import candidates
from warehouse.story_index import StoryIndex

SHARES = (0.7, 0.85, 1.0, 1.15, 1.3)
"""Of the threshold."""


class BCubed(NamedTuple):
    """Precision, recall and their harmonic mean over articles."""

    precision: float
    recall: float
    f1: float


def main() -> int:
    """Score each file; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--orders", type=int, default=10)
    options = parser.parse_args()
    for file in options.files:
        rows = read(file)
        gold = {str(row["id"]): str(row["cluster"]) for row in rows}
        began = time.process_time()
        terms = to_story_terms(to_articles(rows))
        spent = time.process_time() - began
        print(f"{file.parent.name}: {len(rows)} articles, terms {1e6 * spent / len(rows):.0f} us each")
        for share in SHARES:
            found, seconds = cluster(terms, share)
            score = bcubed(gold, found)
            figures = " ".join(f"{name} {value:.3f}" for name, value in zip(("P", "R", "F1"), score, strict=True))
            print(f"  threshold x {share:.2f}: {figures} ({seconds:.1f} s)")
        whole, _ = cluster(terms, 1.0)
        agreements = []
        for seed in range(options.orders):
            agreements.append(bcubed(whole, arrive(terms, random.Random(seed))).f1)
        if agreements:
            print(f"  in {len(agreements)} random orders and batches: agreement F1 {min(agreements):.3f} at least")
    return 0


def cluster(terms: pa.Table, share: float) -> tuple[Mapping[str, str], float]:
    """Return the story of each article at `share` of the thresholds, and the CPU seconds it took."""
    normal = stories.MIN_LIKENESS, stories.MIN_LIKENESS_OF_BRIEFS
    stories.MIN_LIKENESS, stories.MIN_LIKENESS_OF_BRIEFS = (share * one for one in normal)
    began = time.process_time()
    rows = stories.cluster_anew(terms).to_pylist()
    seconds = time.process_time() - began
    stories.MIN_LIKENESS, stories.MIN_LIKENESS_OF_BRIEFS = normal
    return with_lonely(terms, {row["article_id"]: row["story_id"] for row in rows}), seconds


def arrive(terms: pa.Table, dice: random.Random) -> Mapping[str, str]:
    """Return the story of each article when they land in a ledger in a random order, in batches of random sizes."""
    order = dice.sample(range(terms.num_rows), terms.num_rows)
    index = StoryIndex()
    found: dict[str, str | None] = {}
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder))
        while order:
            size = dice.randint(1, 40)
            batch, order = terms.take(order[:size]), order[size:]
            with ledger.reading() as connection:
                members = stories.assign(batch, candidates(connection, batch, index))
            with ledger.writing() as connection:
                record_story_terms(connection, batch, members)
            found |= _pairs(members)
        ledger.close()
    return with_lonely(terms, found)


def _pairs(members: pa.Table) -> dict[str, str | None]:
    return dict(zip(tables.values(members, "article_id"), tables.values(members, "story_id"), strict=True))


def with_lonely(terms: pa.Table, found: Mapping[str, str | None]) -> Mapping[str, str]:
    """Return `found` with a cluster of its own for each article that has none."""
    return {
        article_id: found.get(article_id) or f"alone {article_id}" for article_id in tables.values(terms, "article_id")
    }


def bcubed(gold: Mapping[str, str], found: Mapping[str, str]) -> BCubed:
    """Return how well `found` agrees with `gold`: clusters by article."""
    both = Counter((gold[article_id], found[article_id]) for article_id in gold)
    of_gold, of_found = Counter(gold.values()), Counter(found[article_id] for article_id in gold)
    precision = sum(number * number / of_found[one] for (_, one), number in both.items()) / len(gold)
    recall = sum(number * number / of_gold[one] for (one, _), number in both.items()) / len(gold)
    return BCubed(precision, recall, 2 * precision * recall / (precision + recall))


def to_articles(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return labelled items as articles."""
    return tables.ARTICLES.from_rows(
        {
            "article_id": str(row["id"]),
            "headline": row["title"],
            "body": row.get("text") or row["title"],
            "published_at": moment(row),
        }
        for row in rows
    )


def moment(row: Mapping[str, Any]) -> datetime | None:
    """Return when an item was published, naive UTC, where it says so."""
    if "time" in row:
        return datetime.fromtimestamp(row["time"], UTC).replace(tzinfo=None)
    return datetime.fromisoformat(row["date"]).replace(tzinfo=None) if row.get("date") else None


def read(file: Path) -> Sequence[Mapping[str, Any]]:
    """Return the objects of a JSON Lines file."""
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return [json.loads(line) for line in data.splitlines()]


if __name__ == "__main__":
    sys.exit(main())
