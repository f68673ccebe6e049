"""How well pages become articles: all development sets scored, compared with the floors, and put beside a peer.

Question:  are body, headline, authors and day of the articles what people wrote down for these pages?
Corpus:    ../shared/eval, sets body/* and meta/* (public, labelled by others; each has a README).
Command:   make quality, or python benchmarks/quality.py [--write] [--peer]
           --write writes docs/quality.md; --peer runs trafilatura, where it is installed, over the same pages.
Exit code: 1 where a measure is below its floor in benchmarks/floors.toml.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import lzma
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from transforms.clean import clean
from transforms.extract import extract
from transforms.read import web_page
from transforms.rows import Arrival, Cleaned, Reading, Story
from transforms.settings import TransformSettings

HERE = Path(__file__).parent
EVAL = HERE.parents[1] / "shared" / "eval"
PAGE = HERE.parent / "docs" / "quality.md"
SETS = ("body/aeb", "body/fundus_eval", "body/trafilatura_eval", "meta/fundus_tests", "meta/htmldate_eval")
SPEED_SET = "body/aeb"
ROUNDS = 3
ARRIVED = datetime(2026, 12, 31, tzinfo=UTC)
"""Behind every page of the sets, so that no date is passed over as one that has not come."""

Row = dict[str, Any]
Extractor = Callable[[bytes], Row]


def ours(raw: bytes) -> Row:
    """Return what becomes of a page on the whole way through read, clean and extract."""
    reading = web_page.parse(raw, None, TransformSettings())
    cleaned = clean(reading) if isinstance(reading, Reading) else None
    if not isinstance(reading, Reading) or not isinstance(cleaned, Cleaned):
        return {}
    story = Story(Arrival("file:///page.html", "page.html", ARRIVED), reading, cleaned)
    values = {field: found.value for field, found in extract(story).values.items()}
    return {
        "body": cleaned.body,
        "title": values.get("headline"),
        "authors": list(values.get("authors", ())),  # type: ignore[arg-type]
        "date": str(values["published_on"]) if "published_on" in values else None,
    }


def peer(raw: bytes) -> Row:
    """Return what trafilatura makes of a page, with its metadata."""
    import trafilatura

    document = trafilatura.bare_extraction(raw.decode("utf-8", "replace"), with_metadata=True, include_comments=False)
    if document is None:
        return {}
    found = document.as_dict()
    return {"body": found["text"], "title": found["title"], "authors": found["author"], "date": found["date"]}


def main() -> int:
    """Score, print, compare; return the exit code."""
    options = _options()
    if not EVAL.exists():
        print(f"the development sets are not here ({EVAL}): nothing is measured", file=sys.stderr)
        return 0
    extractors: dict[str, Extractor] = {"copydesk": ours}
    if options.peer and importlib.util.find_spec("trafilatura") is not None:
        extractors["trafilatura"] = peer
    measured = {name: _measure(extractor) for name, extractor in extractors.items()}
    measured = {name: {**values, **_speed(extractors[name])} for name, values in measured.items()}
    measured["copydesk"] |= _unflagged()
    floors = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))
    print("\n".join(_table(measured, floors)))
    if options.write:
        PAGE.write_text(_page(measured, floors), encoding="utf-8")
    below = [name for name, floor in floors.items() if measured["copydesk"].get(name, 0.0) < floor]
    for name in below:
        print(f"{name}: {measured['copydesk'].get(name, 0.0):.4f} is below its floor {floors[name]}", file=sys.stderr)
    return 1 if below else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/quality.md")
    parser.add_argument("--peer", action="store_true", help="run trafilatura over the same pages")
    return parser.parse_args()


def _measure(extractor: Extractor) -> dict[str, float]:
    """Return the measures of all sets by name."""
    measures: dict[str, float] = {}
    for name in SETS:
        rows = [{"id": id, **extractor(raw)} for id, raw in _pages(name)]
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
            file.flush()
            measures.update({f"{name}.{measure}": value for measure, value in _scores(name, file.name)})
    return measures


def _scores(name: str, predicted: str) -> Iterator[tuple[str, float]]:
    if name == "body/trafilatura_eval":
        yield "snippets", _score("snippets.py", name, predicted)["f1"]
    elif name != "meta/htmldate_eval":
        scored = _score("body.py", name, predicted, "--paragraphs")
        yield "body", scored["f1"]
        if name == "body/fundus_eval":
            yield "paragraphs", scored["paragraphs"]["f1"]
    if name in ("body/trafilatura_eval", "meta/fundus_tests", "meta/htmldate_eval"):
        fields = "date" if name == "meta/htmldate_eval" else "title,authors,date"
        for field, scored in _score("meta.py", name, predicted, "--fields", fields).items():
            yield field, scored["accuracy"]


def _score(script: str, name: str, predicted: str, *arguments: str) -> Mapping[str, Any]:
    """Return what a scorer of the sets prints; the scorers are run as they are."""
    command = [sys.executable, str(EVAL / "score" / script), str(EVAL / name / "dev.jsonl.gz"), predicted, *arguments]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _pages(name: str) -> Iterator[tuple[str, bytes]]:
    """Yield id and bytes of the pages of a set; a page that the set lacks is empty."""
    with lzma.open(EVAL / name / "dev.pages.tar.xz") as packed, tarfile.open(fileobj=packed) as tar:
        files = {member.name.removeprefix("./"): tar.extractfile(member) for member in tar if member.isfile()}
        pages = {path: file.read() for path, file in files.items() if file is not None}
    with gzip.open(EVAL / name / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield str(row["id"]), pages.get(row["page"], b"")


def _speed(extractor: Extractor) -> dict[str, float]:
    """Return pages per second of one core's time, the best of some rounds over each page."""
    pages = [raw for _, raw in _pages(SPEED_SET)]
    seconds = 0.0
    for raw in pages:
        rounds = []
        for _ in range(ROUNDS):
            began = time.process_time()
            extractor(raw)
            rounds.append(time.process_time() - began)
        seconds += min(rounds)
    return {"pages_per_second": len(pages) / seconds}


def _unflagged() -> dict[str, float]:
    """Return the share of bodies as newspapers printed them that carry no flag of text damage."""
    import damage

    return {"printed.unflagged": damage.unflagged_share()}


def _table(measured: Mapping[str, Mapping[str, float]], floors: Mapping[str, float]) -> Iterator[str]:
    names = list(measured)
    yield f"| measure | floor | {' | '.join(names)} |"
    yield "|---|---|" + "---|" * len(names)
    for measure in measured[names[0]]:
        decimals = 0 if measure == "pages_per_second" else 4
        cells = (f"{values[measure]:.{decimals}f}" if measure in (values := measured[name]) else "" for name in names)
        yield f"| {measure} | {floors.get(measure, '')} | {' | '.join(cells)} |"


def _page(measured: Mapping[str, Mapping[str, float]], floors: Mapping[str, float]) -> str:
    about = (
        "# How well pages become articles\n\n"
        "Generated by `python benchmarks/quality.py --peer --write`; do not edit.\n\n"
        "Measured on public pages that others labelled, development sets that are no part of this repository.\n"
        "Sets, labels and scorers are described there; other sites are held against the result apart from this.\n"
        "`body` is the F1 of shingles of four words, `snippets` that of strings that must and must not be there,\n"
        "the other measures are shares of pages with exactly the labelled value.\n"
        "Both programs read the same pages in the same run on the same machine; speed is CPU time of one core,\n"
        "body and metadata together, so read its ratio.\n"
        "[What stands in the way](quality-limits.md) of higher figures is told apart.\n\n"
    )
    return about + "\n".join(_table(measured, floors)) + "\n"


if __name__ == "__main__":
    sys.exit(main())
