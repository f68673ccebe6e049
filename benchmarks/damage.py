"""How often do the flags of text damage rise where no machine has been, and do they rise where one has?

Question:  of a thousand articles that newspapers printed, how many carry each flag?
Corpus:    ../shared/eval: bodies typed by hand or recorded (body/aeb, body/fundus_eval, meta/fundus_tests,
           clusters/giveme5w_clusters), and pages of all kinds as this program reads them (body/trafilatura_eval,
           meta/htmldate_eval: blogs, shops, forums too); ../shared/seeds: five articles known to be damaged.
Command:   python benchmarks/damage.py [--show] [--write]; --show prints each flaw, --write writes docs/damage.md
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import quality

from transforms.extract.damage import DETECTORS, find_damage
from transforms.extract.language import find_language

PRINTED = ("body/aeb", "body/fundus_eval", "meta/fundus_tests", "clusters/giveme5w_clusters")
READ = ("body/trafilatura_eval", "meta/htmldate_eval")
SEEDS = quality.EVAL.parent / "seeds"
PAGE = Path(__file__).parents[1] / "docs" / "damage.md"
MIN_WORDS = 40
FLAGS = tuple(DETECTORS)
FIGURES = "<!-- figures: python benchmarks/damage.py --write -->"
"""The line of the page below which the table stands."""


class Count(NamedTuple):
    """How many articles of a set carry each flag, and how many carry any."""

    articles: int
    any: int
    flags: Mapping[str, int]


def main() -> int:
    """Count, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print each flagged article")
    parser.add_argument("--write", action="store_true", help="write docs/damage.md")
    options = parser.parse_args()
    if not quality.EVAL.exists():
        print(f"the development sets are not here ({quality.EVAL}): nothing is measured", file=sys.stderr)
        return 0
    counts = {name: count(bodies(name), show=options.show) for name in (*PRINTED, *READ)}
    table = "\n".join(_table(counts))
    print(table)
    for path in sorted(SEEDS.glob("*.txt")):
        found = find_damage(path.read_text(encoding="utf-8"), "en")
        print(path.name, [each.field.partition(".")[2] for each in found])
    if options.write:
        about = PAGE.read_text(encoding="utf-8").partition(FIGURES)[0]
        PAGE.write_text(f"{about}{FIGURES}\n\n{table}\n", encoding="utf-8")
    return 0


def unflagged_share() -> float:
    """Return the share of printed articles without any flag."""
    counts = [count(bodies(name)) for name in PRINTED]
    return 1 - sum(each.any for each in counts) / sum(each.articles for each in counts)


def bodies(name: str) -> Iterator[str]:
    """Yield the bodies of a set that are long enough to judge: labels, or what we read of pages without any."""
    if name in READ:
        texts = (quality.ours(raw).get("body") for _, raw in quality._pages(name))
    else:
        with gzip.open(quality.EVAL / name / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
            texts = iter([row.get("body") or row.get("text") for row in map(json.loads, lines)])
    yield from (text for text in texts if text is not None and len(text.split()) >= MIN_WORDS)


def count(texts: Iterator[str], *, show: bool = False) -> Count:
    """Return how many of some bodies carry flags."""
    articles, flagged, flags = 0, 0, Counter[str]()
    for text in texts:
        found = find_damage(text, find_language(text))
        articles += 1
        flagged += bool(found)
        flags.update(each.field.partition(".")[2] for each in found)
        for each in found if show else ():
            print(f"{each.field}  {each.method}  {each.value!r:.160}", file=sys.stderr)
    return Count(articles, flagged, flags)


def _table(counts: Mapping[str, Count]) -> Sequence[str]:
    lines = [f"| set | articles | any flag | {' | '.join(FLAGS)} |", "|---|---|---|" + "---|" * len(FLAGS)]
    for name, each in counts.items():
        cells = (1000 * number / each.articles for number in (each.any, *(each.flags[flag] for flag in FLAGS)))
        lines.append(f"| {name} | {each.articles} | {' | '.join(f'{cell:.1f}' for cell in cells)} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
