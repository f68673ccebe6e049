"""Does a batch cost more, the more there is in the warehouse?

Question:  what do 100 articles cost, in *sign*, look-up and *relate*, and in the look-up of stories and *assign*, when
           the ledger holds so many articles already? How long does a new process need to fill its indexes, and how much
           memory do they take?
Command:   python benchmarks/growth.py --sizes 0 10000 100000
Answer:    a line per size: CPU milliseconds (median of the batches), seconds of a cold start, memory of the indexes.

The articles are invented (benchmarks/invented_news.py), signed and landed like any other. Batches are the same at every
size, with copies among themselves; what they find in the warehouse is chance and stock phrases, as for most news.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

import psutil
import pyarrow as pa

from benchmarks.invented_news import Newsroom
from benchmarks.near_duplicates import to_table
from transforms.deduplicate import assign, relate, sign, to_story_terms
from warehouse import records, sketches, story_candidates
from warehouse.ledger import Ledger
from warehouse.sketches import SketchIndex
from warehouse.story_candidates import StoryIndex

BATCH = 100
BATCHES = 9
FILLED_AT_ONCE = 2_000


class Cost(NamedTuple):
    """CPU milliseconds of a batch, by relation."""

    copies: float
    stories: float


class Indexes(NamedTuple):
    """What is kept in memory."""

    copies: SketchIndex
    stories: StoryIndex


def main() -> int:
    """Fill and measure; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[0, 10_000, 100_000])
    options = parser.parse_args()
    articles, other = (Newsroom(seed).corpus(10**9) for seed in (2, 3))
    batches = [to_table(list(islice(other, BATCH))) for _ in range(BATCHES + 1)]
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder))
        filled = 0
        for size in sorted(options.sizes):
            while filled < size:
                fill(ledger, to_table(list(islice(articles, FILLED_AT_ONCE))))
                filled += FILLED_AT_ONCE
            print(line(ledger, filled, batches), flush=True)
        ledger.close()
    return 0


def fill(ledger: Ledger, articles: pa.Table) -> None:
    """Land articles without asking what they are copies of."""
    signatures, terms = sign(articles), to_story_terms(articles)
    with ledger.writing() as connection:
        records.record_signatures(connection, signatures, 1)
        records.record_story_terms(connection, terms, None)


def line(ledger: Ledger, filled: int, batches: Sequence[pa.Table]) -> str:
    """Return what is found of a warehouse with `filled` articles."""
    before, began = psutil.Process().memory_info().rss, time.perf_counter()
    indexes = Indexes(SketchIndex(), StoryIndex())
    with ledger.reading() as connection:
        indexes.copies.refresh(connection)
        indexes.stories.refresh(connection)
    cold, grown = time.perf_counter() - began, psutil.Process().memory_info().rss - before
    costs = [cost(ledger, indexes, batch) for batch in batches][1:]
    copies, stories = (statistics.median(each) for each in zip(*costs, strict=True))
    return (
        f"{filled:9} articles: copies {copies:.0f} ms, stories {stories:.0f} ms for {BATCH}; "
        f"cold start {cold:.1f} s, indexes {grown / 1e6:.0f} MB"
    )


def cost(ledger: Ledger, indexes: Indexes, articles: pa.Table) -> Cost:
    """Return what a batch costs that is not landed."""
    clock = [time.process_time()]
    signatures = sign(articles)
    with ledger.reading() as connection:
        relate(signatures, sketches.candidates(connection, signatures, indexes.copies))
    clock.append(time.process_time())
    terms = to_story_terms(articles)
    with ledger.reading() as connection:
        assign(terms, story_candidates.candidates(connection, terms, indexes.stories))
    clock.append(time.process_time())
    return Cost(*(1000 * (ended - begun) for begun, ended in pairwise(clock)))


if __name__ == "__main__":
    sys.exit(main())
