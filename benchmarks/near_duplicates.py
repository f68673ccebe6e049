"""Are copies found, all of them and nothing else, and how fast?

Question:  of a growing warehouse of invented news with planted copies (benchmarks/invented_news.py), which copies are
           labelled, which are not, and what else is? How many articles a second go through *sign*, the look-up and
           *decide* on one core?
Command:   python -m benchmarks.near_duplicates --articles 100000 --peers PYTHON
Answer:    a line per kind of copy and the figures below; exit code 1 where a bar is missed. With --peers the same of
           text-dedup and datatrove, which are no dependencies: PYTHON is that of an environment that has them.

True Jaccard similarity is counted on sets of words in plain Python, by nothing that the search itself uses.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from benchmarks.invented_news import Article, Newsroom
from transforms.deduplicate import relate, sign
from warehouse import records, sketches
from warehouse.ledger import Ledger
from warehouse.sketch_index import SketchIndex
from warehouse.tables import ARTICLES

MIN_PRECISION = 0.995
MIN_RECALL = 0.99
MIN_RECALL_TRUNCATED = 0.98
TRUE_JACCARD = 0.6
BATCH = 500


class Timed(NamedTuple):
    """What the whole way came to."""

    relation: Mapping[str, str]
    """The original of each copy."""
    seconds: Mapping[str, float]
    """CPU seconds by step."""


def run(folder: Path, articles: Sequence[Article], batch: int = BATCH) -> Timed:
    """Land `articles` in their order, batch by batch, in a ledger below `folder`."""
    ledger = Ledger(folder)
    index = SketchIndex()
    relation: dict[str, str] = {}
    seconds: dict[str, float] = defaultdict(float)
    for number, start in enumerate(range(0, len(articles), batch)):
        table = to_table(articles[start : start + batch])
        clock = [time.process_time()]
        signatures = sign(table)
        clock.append(time.process_time())
        with ledger.reading() as connection:
            candidates = sketches.candidates(connection, signatures, index)
        clock.append(time.process_time())
        relations = relate(signatures, candidates)
        duplicates = relations["duplicates"]
        clock.append(time.process_time())
        with ledger.writing() as connection:
            records.record_signatures(connection, signatures, number + 1)
            records.record_relations(connection, relations, number + 1)
        clock.append(time.process_time())
        for step, begun, ended in zip(("sign", "look up", "decide", "record"), clock, clock[1:], strict=False):
            seconds[step] += ended - begun
        for row in duplicates.select(["article_id", "duplicate_of"]).to_pylist():
            relation.pop(row["article_id"], None)
            if row["duplicate_of"] is not None:
                relation[row["article_id"]] = row["duplicate_of"]
    ledger.close()
    return Timed(relation, seconds)


def to_table(articles: Sequence[Article]) -> pa.Table:
    """Return what *sign* needs of `articles`."""
    return ARTICLES.from_rows(
        {"article_id": each.article_id, "source": each.source, "published_at": each.published_at, "body": each.body}
        for each in articles
    )


def score(articles: Sequence[Article], relation: Mapping[str, str]) -> Iterator[tuple[str, float, float]]:
    """Yield figures: name, value, bar."""
    by_id = {each.article_id: each for each in articles}
    originals = {each.family: each for each in articles if each.kind in ("original", "quoting", "digest")}
    true = sum(by_id[copy].family == by_id[original].family for copy, original in relation.items())
    yield "precision of copies", true / max(len(relation), 1), MIN_PRECISION
    found: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for each in articles:
        original = originals[each.family]
        if each is original:
            continue
        name = each.kind
        if name in ("edited", "reprinted"):
            near = jaccard(each.body, original.body) >= TRUE_JACCARD
            name = f"{name}, true Jaccard {'>=' if near else '<'} {TRUE_JACCARD}"
        asked[name] += 1
        found[name] += root(relation, each.article_id) == root(relation, original.article_id)
    for name in sorted(asked):
        bar = MIN_RECALL_TRUNCATED if name == "truncated" else 0.0 if "<" in name else MIN_RECALL
        yield f"recall of {name} ({asked[name]})", found[name] / asked[name], bar
    hard = {each.article_id for each in articles if each.kind in ("quoting", "digest")}
    joined = [
        copy
        for copy, original in relation.items()
        if by_id[copy].family != by_id[original].family and {copy, original} & hard
    ]
    yield f"hard negatives not joined ({len(hard)})", 1 - len(joined) / max(len(hard), 1), 1.0


def root(relation: Mapping[str, str], article_id: str) -> str:
    """Return the article at the end of a chain of copies."""
    while article_id in relation:
        article_id = relation[article_id]
    return article_id


def jaccard(one: str, other: str) -> float:
    """Return the share of word 5-grams of both texts that both have; the slow, obvious way."""
    sets = []
    for text in (one, other):
        words = re.findall(r"\w+", text.lower())
        sets.append({tuple(words[place : place + 5]) for place in range(len(words) - 4)})
    return len(sets[0] & sets[1]) / max(len(sets[0] | sets[1]), 1)


def ask_peer(python: str, name: str, articles: Sequence[Article], folder: Path) -> Timed:
    """Return what another program makes of the same articles; its groups know no originals, so the first is one."""
    corpus, answer = folder / "corpus.jsonl", folder / "answer.json"
    with corpus.open("w") as file:
        file.writelines(json.dumps({"article_id": each.article_id, "text": each.body}) + "\n" for each in articles)
    script = str(Path(__file__).with_name("near_duplicates_peers.py"))
    subprocess.run([python, script, name, str(corpus), str(answer)], check=True, timeout=7200, cwd=folder)
    found = json.loads(answer.read_text())
    order = {each.article_id: place for place, each in enumerate(articles)}
    relation = {}
    for group in found["groups"]:
        first, *others = sorted(group, key=order.__getitem__)
        relation |= dict.fromkeys(others, first)
    return Timed(relation, {"all": found["seconds"]})


def main() -> int:
    """Run and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shuffled", action="store_true", help="let them arrive in a random order")
    parser.add_argument("--peers", metavar="PYTHON", help="Python of an environment with text-dedup and datatrove")
    options = parser.parse_args()
    articles = list(Newsroom(options.seed).corpus(options.articles))
    arriving = random.Random(options.seed).sample(articles, len(articles)) if options.shuffled else articles
    words = sum(len(each.body.split()) for each in articles) / len(articles)
    # The corpus is no part of what is measured, nor is looking through its objects for garbage.
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder:
        timed = run(Path(folder), arriving)
    missed = show("copydesk", articles, timed)
    steps = ", ".join(f"{step} {1e6 * spent / len(articles):.0f}" for step, spent in timed.seconds.items())
    print(f"  {words:.0f} words an article; CPU microseconds each: {steps}", flush=True)
    for name in ("text-dedup", "datatrove") if options.peers else ():
        with tempfile.TemporaryDirectory() as folder:
            show(name, articles, ask_peer(options.peers, name, articles, Path(folder)))
    return 1 if missed else 0


def show(name: str, articles: Sequence[Article], timed: Timed) -> int:
    """Print how fast and how good one program is; return how many bars it misses."""
    spent = sum(seconds for step, seconds in timed.seconds.items() if step != "record")
    print(f"{name}: {len(articles) / spent:.0f} articles/s/core", flush=True)
    missed = 0
    for what, value, bar in score(articles, timed.relation):
        missed += value < bar
        print(f"  {what:53} {value:.4f}" + (f"  bar {bar}" if bar else "") + ("  MISSED" if value < bar else ""))
    return missed


if __name__ == "__main__":
    sys.exit(main())
