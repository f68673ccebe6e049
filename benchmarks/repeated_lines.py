"""What does it cost to count the lines of all articles, and does it find the right ones?

Question:  seconds and peak memory of one count over so many articles; which of the planted heads and feet it finds, and
           which background paragraphs it takes for boilerplate.
Command:   python benchmarks/repeated_lines.py --articles 100000
Answer:    a line with time, memory and how many of the planted lines were found; committed in repeated_lines.md.

The articles are invented (benchmarks/invented_news.py). Each source prints a foot below all its articles, a head above
half of them, and background paragraphs at the end of those that are about one matter, whose words they have too.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.invented_news import Newsroom
from flows import settings
from flows.lines import WORDS
from warehouse import catalog, claims, landing, line_counts, query
from warehouse.landing import Landing, RunEnd
from warehouse.ledger import Ledger
from warehouse.tables import ARTICLES

LANDED_AT_ONCE = 5_000
SOURCES = 20
PARAGRAPH_SENTENCES = 3
MATTERS = 5
"""Matters of each source that have a background paragraph; a tenth of its articles is about one of them."""
BEGAN = datetime(2031, 1, 1, tzinfo=UTC)


def main() -> int:
    """Land, count and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        size = fill(root, options.articles)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        wall, cpu = time.perf_counter(), time.process_time()
        with query.connect(root) as connection:
            counted = line_counts.count(connection, settings.load().line_thresholds(), WORDS, spill=root)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found = {(row["source"], row["text"]) for row in counted.lines.to_pylist()}
    planted = {(f"source {number}", line) for number in range(SOURCES) for line in (head(number), foot(number))}
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"| {options.articles:,} | {size / 1e6:,.0f} | {wall:.1f} | {cpu:.1f} | {before // 1024} | {after // 1024} |")
    print(f"found {len(found & planted)} of {len(planted)} heads and feet, and {len(found - planted)} others")
    return 0


def head(source: int) -> str:
    """Return the line above half of a source's articles."""
    return f"Paper number {source} tells the valley its news since the bridge was built."


def foot(source: int) -> str:
    """Return the line below all of a source's articles."""
    return f"Paper number {source} is a member of the press group; its desk is on the market square."


def fill(root: Path, articles: int) -> int:
    """Land so many articles; return the characters of their bodies."""
    ledger = Ledger(root)
    run = claims.begin_run(ledger, "manual", now=BEGAN, version="benchmark")
    size = 0
    rows = _rows(articles)
    with landing.committer(ledger):
        while part := list(islice(rows, LANDED_AT_ONCE)):
            size += sum(row["char_count"] for row in part)
            landing.land(ledger, Landing(run.run_id, {"articles": ARTICLES.from_rows(part)}), now=BEGAN)
        landing.land(ledger, Landing(run.run_id, {}, end=RunEnd()), now=BEGAN)
    run.close()
    catalog.publish(root, ledger.read_snapshot())
    ledger.close()
    return size


def _rows(articles: int) -> Iterator[dict[str, Any]]:
    random = np.random.default_rng(5)
    newsroom = Newsroom(5)
    for number, told in enumerate(islice(newsroom.corpus(10**9), articles)):
        source = int(random.integers(SOURCES))
        paragraphs = _paragraphs(told.body)
        if random.random() < 0.1:
            matter = int(random.integers(MATTERS))
            paragraphs = [f"{one} {_matter(source, matter)}" for one in paragraphs]
            paragraphs.append(f"The {_matter(source, matter)} began in February and has been before the court since.")
        lines = [*([head(source)] if random.random() < 0.5 else []), *paragraphs, foot(source)]
        body = "\n\n".join(lines)
        yield {
            "article_id": f"{number:032x}",
            "source": f"source {source}",
            "headline": f"Case {number}",
            "body": body,
            "published_on": (BEGAN + timedelta(hours=number)).date(),
            "paragraph_count": len(lines),
            "char_count": len(body),
        }


def _matter(source: int, matter: int) -> str:
    return f"quarrel{source} about orchard{matter}"


def _paragraphs(text: str) -> list[str]:
    sentences = text.replace("\n", " ").split(". ")
    return [
        ". ".join(sentences[start : start + PARAGRAPH_SENTENCES]).rstrip(".") + "."
        for start in range(0, len(sentences), PARAGRAPH_SENTENCES)
    ]


if __name__ == "__main__":
    sys.exit(main())
