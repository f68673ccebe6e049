"""Does confidence mean something: of the values that evidence calls 0.9 sure, are nine in ten right?

Question:  how often is a value right, by the confidence that evidence gives it?
Corpus:    the labelled pages of ../shared/eval (sets meta/* and body/*); each page counts once for each field.
Right:     as the sets' scorers say: the same words for headlines, the same set of names for authors, the same day;
           a body is right where its shingle F1 is 0.9 or all snippets are as labelled.
Command:   python benchmarks/calibration.py [--write]
           --write measures the shares anew (transforms/extract/calibration.toml) and writes docs/confidence.md and .svg
Error:     expected calibration error over ten bins, beside that of the finders' own scores. The shares of one half of
           the pages are held against the other half, so that no page judges itself.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import quality

from transforms.clean import clean
from transforms.extract import find_candidates
from transforms.extract.calibration import MEASURED, STATES, support
from transforms.extract.choice import choose
from transforms.read import web_page
from transforms.rows import Arrival, Cleaned, Found, Placement, Reading, Story
from transforms.settings import TransformSettings

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
PAGE = DOCS / "confidence.md"
SHARES = HERE.parent / "transforms" / "extract" / "calibration.toml"
BINS = 10
RIGHT_BODY = 0.9
PRIOR_WEIGHT = 4.0
"""As many pages of the field's average are added to each group: ten right of ten are no certainty."""
MIN_GROUP = 12
FIELDS = (*MEASURED, "body")
FIGURES = "<!-- figures: python benchmarks/calibration.py --write -->"
"""The line of the page below which the tables stand."""


class Seen(NamedTuple):
    """A value on a page that has a label."""

    field: str
    method: str
    state: str
    score: float
    is_right: bool
    half: int


def main() -> int:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write shares, page and drawing")
    options = parser.parse_args()
    if not quality.EVAL.exists():
        print(f"the development sets are not here ({quality.EVAL}): nothing is measured", file=sys.stderr)
        return 0
    seen = list(observe())
    tables = "\n".join(_tables(seen))
    print(tables)
    if options.write:
        SHARES.write_text(_to_toml(fit(seen), seen), encoding="utf-8")
        about = PAGE.read_text(encoding="utf-8").partition(FIGURES)[0]
        PAGE.write_text(f"{about}{FIGURES}\n\n{tables}\n", encoding="utf-8")
        (DOCS / "confidence.svg").write_text(_drawing(seen), encoding="utf-8")
    return 0


def observe() -> Iterator[Seen]:
    """Yield the value of each labelled field of each page, with the finder's own score; a page once for each field."""
    counted: set[tuple[str, str]] = set()
    for name in quality.SETS:
        with gzip.open(quality.EVAL / name / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
            gold = {str(row["id"]): row for row in map(json.loads, lines)}
        for id, raw in quality._pages(name):
            digest = hashlib.sha256(raw).hexdigest()
            for field, value, state, is_right in _judge(raw, gold[id]):
                if (field, digest) not in counted:
                    counted.add((field, digest))
                    yield Seen(field, value.method, state, value.confidence, is_right, int(digest[0], 16) % 2)


def _judge(raw: bytes, gold: Mapping[str, Any]) -> Iterator[tuple[str, Found, str, bool]]:
    reading = web_page.parse(raw, None, TransformSettings())
    cleaned = clean(reading) if isinstance(reading, Reading) else None
    if not isinstance(reading, Reading) or not isinstance(cleaned, Cleaned):
        return
    story = Story(Arrival("file:///page.html", "page.html", quality.ARRIVED), reading, cleaned)
    candidates = find_candidates(story)
    values = choose(candidates, Placement()).values
    labels: dict[str, tuple[Any, Callable[[Any], Any]]] = {
        "headline": (gold.get("title"), _fold),
        "authors": (gold.get("authors", gold.get("author")), _names),
        "published_on": (gold.get("date"), lambda value: str(value)[:10]),
    }
    for field, (label, fold) in labels.items():
        if label and field in values:
            value = values[field].value
            given = list(value) if isinstance(value, tuple) else value
            yield field, values[field], support(values[field], candidates), fold(given) == fold(label)
    if "body" in values and (gold.get("body") or gold.get("with")):
        yield "body", values["body"], "alone", _is_right_body(cleaned.body, gold)


def _is_right_body(body: str, gold: Mapping[str, Any]) -> bool:
    if gold.get("body"):
        right, spurious, missing = _scorer("body").page(gold["body"], body)
        return bool(2 * right >= RIGHT_BODY * (2 * right + spurious + missing))
    line = " ".join(body.split())
    holds = [" ".join(snippet.split()) in line for snippet in gold["with"]]
    return all(holds) and not any(" ".join(snippet.split()) in line for snippet in gold["without"])


def _scorer(name: str) -> Any:
    """Return a scorer of the sets as a module."""
    folder = str(quality.EVAL / "score")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module(name)


def _fold(text: object) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", str(text or "")).casefold()))


def _names(names: str | Iterable[str]) -> frozenset[str]:
    listed = re.split(r"\s*(?:;|,| and | und | et | & )\s*", names) if isinstance(names, str) else names
    return frozenset(map(_fold, listed)) - {""}


# -- shares


Knots = Mapping[str, Mapping[str, Sequence[tuple[float, float]]]]


def fit(seen: Iterable[Seen]) -> Knots:
    """Return for each field and state the shares by score: never falling, near the average where little was seen."""
    groups: dict[str, dict[str, list[Seen]]] = defaultdict(lambda: defaultdict(list))
    for each in seen:
        if each.field in MEASURED:
            groups[each.field][each.state].append(each)
    knots: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for field, states in groups.items():
        everything = [each for group in states.values() for each in group]
        knots[field] = {
            state: _rising(states[state] if len(states.get(state, ())) >= MIN_GROUP else everything) for state in STATES
        }
    return knots


def _rising(group: Sequence[Seen]) -> list[tuple[float, float]]:
    """Return (score, share) for runs of like scores; runs that fall are put together (pool adjacent violators)."""
    listed = sorted(group, key=lambda each: each.score)
    average = sum(each.is_right for each in listed) / len(listed)
    pools: list[list[float]] = []
    for run in _runs(listed):
        right = sum(each.is_right for each in run) + average * PRIOR_WEIGHT
        weight = len(run) + PRIOR_WEIGHT
        pools.append([sum(each.score for each in run), float(len(run)), right, weight])
        while len(pools) > 1 and pools[-2][2] / pools[-2][3] >= pools[-1][2] / pools[-1][3]:
            last = pools.pop()
            pools[-1] = [one + other for one, other in zip(pools[-1], last, strict=True)]
    knots = [(round(scores / count, 3), round(right / weight, 3)) for scores, count, right, weight in pools]
    return knots if len(knots) > 1 else [(0.0, knots[0][1]), (1.0, knots[0][1])]


def _runs(listed: Sequence[Seen]) -> Iterator[list[Seen]]:
    """Yield runs of at least MIN_GROUP values but the last; equal scores stay together."""
    run: list[Seen] = []
    for each in listed:
        if len(run) >= MIN_GROUP and each.score > run[-1].score:
            yield run
            run = []
        run.append(each)
    if run:
        yield run


def _share(knots: Knots, each: Seen) -> float:
    """Return the confidence that evidence shows for a value under some shares."""
    if each.field not in knots:
        return each.score
    points = knots[each.field][each.state]
    if each.score <= points[0][0]:
        return points[0][1]
    for (below, low), (above, high) in pairwise(points):
        if each.score <= above:
            return low + (high - low) * (each.score - below) / (above - below)
    return points[-1][1]


# -- what is shown


def _held_out(seen: Sequence[Seen]) -> list[tuple[Seen, float]]:
    """Return each value with the confidence that shares of the other half of the pages give it."""
    fitted = [fit(each for each in seen if each.half != half) for half in (0, 1)]
    return [(each, _share(fitted[each.half], each)) for each in seen]


def _error(pairs: Sequence[tuple[float, bool]]) -> float:
    """Return the expected calibration error: the gap between confidence and share of right ones, by bins."""
    gaps = (len(group) * abs(_mean(c for c, _ in group) - _mean(r for _, r in group)) for group in _binned(pairs))
    return sum(gaps) / len(pairs)


def _binned(pairs: Sequence[tuple[float, bool]]) -> list[list[tuple[float, bool]]]:
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, is_right in pairs:
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, is_right))
    return [bins[index] for index in sorted(bins)]


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _tables(seen: Sequence[Seen]) -> Iterator[str]:
    yield "| field | values | right | error of the scores | error of the confidence |"
    yield "|---|---|---|---|---|"
    pairs = _held_out(seen)
    for field in FIELDS:
        chosen = [(each, confidence) for each, confidence in pairs if each.field == field]
        raw = _error([(each.score, each.is_right) for each, _ in chosen])
        ours = _error([(confidence, each.is_right) for each, confidence in chosen])
        right = _mean(each.is_right for each, _ in chosen)
        yield f"| {field} | {len(chosen)} | {right:.3f} | {raw:.3f} | {ours:.3f} |"
    yield ""
    yield "![Share of right values by confidence](confidence.svg)"
    yield ""
    yield from _reliability(pairs)
    yield from _by_method(pairs)


def _reliability(pairs: Sequence[tuple[Seen, float]]) -> Iterator[str]:
    yield "## By confidence"
    yield ""
    yield "| field | confidence | values | right |"
    yield "|---|---|---|---|"
    for field in FIELDS:
        for group in _binned([(confidence, each.is_right) for each, confidence in pairs if each.field == field]):
            yield f"| {field} | {_mean(c for c, _ in group):.2f} | {len(group)} | {_mean(r for _, r in group):.2f} |"
    yield ""


def _by_method(pairs: Sequence[tuple[Seen, float]]) -> Iterator[str]:
    yield "## By method"
    yield ""
    yield "| field | method | a second source | values | confidence | right |"
    yield "|---|---|---|---|---|---|"
    groups: dict[tuple[str, str, str], list[tuple[Seen, float]]] = defaultdict(list)
    for each, confidence in pairs:
        groups[each.field, each.method, each.state].append((each, confidence))
    ranked = sorted(groups.items(), key=lambda item: (FIELDS.index(item[0][0]), -len(item[1]), item[0]))
    for (field, method, state), group in ranked:
        right = _mean(each.is_right for each, _ in group)
        yield f"| {field} | {method} | {state} | {len(group)} | {_mean(c for _, c in group):.2f} | {right:.2f} |"


def _to_toml(knots: Knots, seen: Sequence[Seen]) -> str:
    lines = [
        "# The share of right values by a score: [score, share] pairs, by field and by what a second source says.",
        "# Measured by `python benchmarks/calibration.py --write`; do not edit.",
    ]
    for field, states in knots.items():
        origins = sorted({each.method.partition(":")[0] for each in seen if each.field == field})
        lines += ["", f"[{field}]", f"origins = {json.dumps(origins)}"]
        for state, points in states.items():
            lines.append(f"{state} = [{', '.join(f'[{score}, {share}]' for score, share in points)}]")
    return "\n".join(lines) + "\n"


def _drawing(seen: Sequence[Seen]) -> str:
    """Return the reliability diagram: a panel for each field, a dot for each bin as wide as it has values."""
    side, gap = 200, 40
    width = len(FIELDS) * (side + gap) + gap
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {side + 90}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{side + 90}" fill="white"/>',
    ]
    pairs = _held_out(seen)
    for index, field in enumerate(FIELDS):
        left, top = gap + index * (side + gap), 30
        parts += [
            f'<text x="{left}" y="20">{field}</text>',
            f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="#999"/>',
            f'<line x1="{left}" y1="{top + side}" x2="{left + side}" y2="{top}" stroke="#bbb" stroke-dasharray="4"/>',
            f'<text x="{left}" y="{top + side + 16}">0</text>',
            f'<text x="{left + side - 6}" y="{top + side + 16}">1</text>',
            f'<text x="{left + 40}" y="{top + side + 34}">confidence → right ↑</text>',
        ]
        for group in _binned([(confidence, each.is_right) for each, confidence in pairs if each.field == field]):
            x, y = left + _mean(c for c, _ in group) * side, top + side - _mean(r for _, r in group) * side
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + len(group) ** 0.5 / 2:.1f}" fill="#1f5f8b">'
                f"<title>{len(group)} values</title></circle>"
            )
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
