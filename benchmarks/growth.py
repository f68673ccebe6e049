"""Does a batch cost more, the more there is in the warehouse?

Question:  what do 100 articles cost, in *sign*, look-up and *relate*, and in the look-up of stories and *assign*, when
           the ledger holds so many articles already? How long does a new process need to fill its indexes, and how much
           memory do they take?
Command:   python benchmarks/growth.py --sizes 0 10000 100000 1000000 --folder FOLDER
Answer:    a line per size: CPU milliseconds (median of the batches), seconds of a cold start, memory of the indexes;
           benchmarks/growth.csv and growth.svg with --draw. Exit code 1 where a bar is missed.

The articles are invented (benchmarks/invented_news.py), signed and landed like any other. Batches are the same at every
size, with copies among themselves; what they find in the warehouse is chance and stock phrases, as for most news.
A folder that has been filled is taken up where it was left.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

import psutil
import pyarrow as pa
from sqlalchemy import func, select

from benchmarks.drawing import Panel, draw
from benchmarks.invented_news import Article, Newsroom
from benchmarks.near_duplicates import to_table
from transforms.deduplicate import assign, relate, sign, to_story_terms
from warehouse import ledger_schema, records, sketches, story_candidates
from warehouse.ledger import Ledger
from warehouse.sketch_index import SketchIndex
from warehouse.story_index import StoryIndex

BATCH = 100
BATCHES = 15
FILLED_AT_ONCE = 2_000
CORPUS = 20_000
"""Articles with copies among themselves; the next as many have others."""
MOST_GROWTH = 2.0
MOST_SECONDS = 10.0
MOST_MEGABYTES = 400.0
"""At a million."""
HERE = Path(__file__).parent


class Line(NamedTuple):
    """What was measured at one size."""

    articles: int
    copies_ms: float
    """CPU milliseconds of a batch of 100: signing, looking up, relating."""
    stories_ms: float
    """The same for terms, looking up, assigning."""
    cold_start_s: float
    """Seconds of CPU time in which a new process fills its indexes."""
    indexes_mb: float
    """What the process has grown by then, at its highest."""


def main() -> int:
    """Fill and measure; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[0, 10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where the ledger is kept; by default it is thrown away")
    parser.add_argument("--draw", action="store_true", help="write growth.csv and growth.svg beside this file")
    parser.add_argument("--cold", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cold:
        print(*cold_start(options.folder))
        return 0
    lines = []
    with folder_of(options.folder) as folder:
        for size in sorted(options.sizes):
            fill(folder, size)
            lines.append(measure(folder))
            print("  ".join(f"{name} {value:.1f}" for name, value in lines[-1]._asdict().items()), flush=True)
    if options.draw:
        (HERE / "growth.csv").write_text(
            "\n".join([",".join(Line._fields), *(",".join(f"{value:.1f}" for value in line) for line in lines), ""])
        )
        (HERE / "growth.svg").write_text(draw([line.articles for line in lines], to_panels(lines)))
    return int(any(missed(lines[0], line) for line in lines))


def missed(empty: Line, line: Line) -> bool:
    """Return whether a bar is missed."""
    return (
        line.copies_ms > MOST_GROWTH * empty.copies_ms
        or line.stories_ms > MOST_GROWTH * empty.stories_ms
        or line.cold_start_s > MOST_SECONDS
        or line.indexes_mb > MOST_MEGABYTES
    )


def to_panels(lines: Sequence[Line]) -> Sequence[Panel]:
    """Return what is drawn, with the bars."""
    columns = dict(zip(Line._fields, zip(*lines, strict=True), strict=True))
    copies, stories = columns["copies_ms"], columns["stories_ms"]
    return (
        Panel(f"CPU ms for copies of {BATCH} articles, by articles before", copies, MOST_GROWTH * copies[0]),
        Panel(f"CPU ms for stories of {BATCH} articles", stories, MOST_GROWTH * stories[0]),
        Panel("CPU s of a cold start of both indexes", columns["cold_start_s"], MOST_SECONDS),
        Panel("MB of memory for both indexes, at the highest", columns["indexes_mb"], MOST_MEGABYTES),
    )


@contextmanager
def folder_of(given: Path | None) -> Iterator[Path]:
    """Give the folder of the ledger."""
    if given is not None:
        yield given
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def fill(folder: Path, size: int) -> None:
    """Land articles up to `size`, without asking what they are copies of."""
    ledger = Ledger(folder)
    with ledger.reading() as connection:
        filled = connection.execute(select(func.count()).select_from(ledger_schema.signatures)).scalar() or 0
    corpus: Iterator[Article] = iter(())
    while filled < size:
        articles = to_table(list(islice(corpus, FILLED_AT_ONCE)))
        if not articles.num_rows:
            corpus = Newsroom(1_000 + filled).corpus(CORPUS)
            continue
        signatures, terms = sign(articles), to_story_terms(articles)
        with ledger.writing() as connection:
            records.record_signatures(connection, signatures, 1)
            records.record_story_terms(connection, terms, None)
        filled += FILLED_AT_ONCE
    ledger.close()


def measure(folder: Path) -> Line:
    """Return what is found of the warehouse in `folder`."""
    command = [sys.executable, "-m", "benchmarks.growth", "--cold", "--folder", str(folder)]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600, cwd=HERE.parent)
    seconds, megabytes = map(float, found.stdout.split())
    other = Newsroom(3).corpus(10**9)
    batches = [to_table(list(islice(other, BATCH))) for _ in range(BATCHES + 1)]
    ledger = Ledger(folder)
    copies, stories = SketchIndex(), StoryIndex()
    costs = [cost(ledger, copies, stories, batch) for batch in batches][1:]
    ledger.close()
    return Line(len(copies), *(statistics.median(each) for each in zip(*costs, strict=True)), seconds, megabytes)


def cost(ledger: Ledger, copies: SketchIndex, stories: StoryIndex, articles: pa.Table) -> tuple[float, float]:
    """Return the CPU milliseconds of a batch that is not landed, for copies and for stories."""
    clock = [time.process_time()]
    signatures = sign(articles)
    with ledger.reading() as connection:
        relate(signatures, sketches.candidates(connection, signatures, copies))
    clock.append(time.process_time())
    terms = to_story_terms(articles)
    with ledger.reading() as connection:
        assign(terms, story_candidates.candidates(connection, terms, stories))
    clock.append(time.process_time())
    first, second = (1000 * (ended - begun) for begun, ended in pairwise(clock))
    return first, second


def cold_start(folder: Path) -> tuple[float, float]:
    """Return in how many seconds of CPU time the indexes are filled, and the megabytes they take at the highest."""
    ledger = Ledger(folder)
    copies, stories = SketchIndex(), StoryIndex()
    before, began = psutil.Process().memory_info().rss, time.process_time()
    with ledger.reading() as connection:
        copies.refresh(connection)
        stories.refresh(connection)
    seconds, peak = time.process_time() - began, highest_rss()
    ledger.close()
    return seconds, max(peak - before, 0) / 1e6


def highest_rss() -> int:
    """Return the highest resident set of this process, in bytes."""
    listed = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in listed if line.startswith("VmHWM"))


if __name__ == "__main__":
    sys.exit(main())
