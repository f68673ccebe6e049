"""Mixed news: what arrives at a desk in a day, as files of all kinds; the same seed gives the same files.

Texts are invented (benchmarks/invented_news.py), copies among them; beside them come the samples in every format,
repeats of the same bytes, packed and tabular files of many articles, and files that are broken in the ways of files.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from invented_news import Newsroom

SAMPLES = Path(__file__).parents[1] / "samples"
ARTICLES_OF_A_TABLE = (3, 3, 12, 60)
"""The largest travel in parts where few rows travel together."""
PACKED = 3


class File(NamedTuple):
    """A file that is to arrive."""

    name: str
    content: bytes


class MixedNews:
    """An endless row of files; every kind is among the first hundred."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._articles = Newsroom(seed).corpus(10**9)
        self._samples = sorted(path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix != ".md")
        self._texts: list[bytes] = [b"The council met.\n"]
        self._kinds: tuple[tuple[Callable[[], tuple[str, bytes]], int], ...] = (
            (self._text, 60),
            (self._repeat, 12),
            (self._sample, 10),
            (self._lines, 4),
            (self._table, 3),
            (self._archive, 3),
            (self._broken, 8),
        )

    def files(self) -> Iterator[File]:
        """Yield files, numbered."""
        kinds, weights = zip(*self._kinds, strict=True)
        number = 0
        while True:
            (kind,) = self._dice.choices(kinds, weights)
            suffix, content = kind()
            yield File(f"{number:06d}{suffix}", content)
            number += 1

    def _article(self) -> str:
        """Return a text with a headline; some are copies of earlier ones."""
        body = next(self._articles).body
        return f"{' '.join(body.split()[:8]).rstrip('.')}\n\n{body}\n"

    def _text(self) -> tuple[str, bytes]:
        self._texts.append(self._article().encode())
        return ".txt", self._texts[-1]

    def _repeat(self) -> tuple[str, bytes]:
        return "-again.txt", self._dice.choice(self._texts)

    def _sample(self) -> tuple[str, bytes]:
        path = self._dice.choice(self._samples)
        return f"-{path.name}", path.read_bytes()

    def _rows(self) -> list[dict[str, str]]:
        bodies = [next(self._articles).body for _ in range(self._dice.choice(ARTICLES_OF_A_TABLE))]
        return [{"headline": " ".join(body.split()[:8]), "body": body} for body in bodies]

    def _lines(self) -> tuple[str, bytes]:
        lines = "\n".join(json.dumps(row) for row in self._rows()).encode()
        return (".jsonl", lines) if self._dice.random() < 0.5 else (".jsonl.gz", gzip.compress(lines, mtime=0))

    def _table(self) -> tuple[str, bytes]:
        sheet = io.StringIO()
        writer = csv.DictWriter(sheet, ("headline", "body"))
        writer.writeheader()
        writer.writerows(self._rows())
        return ".csv", sheet.getvalue().encode()

    def _archive(self) -> tuple[str, bytes]:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for number in range(PACKED):
                archive.writestr(zipfile.ZipInfo(f"{number}.txt"), self._article())
        return ".zip", packed.getvalue()

    def _broken(self) -> tuple[str, bytes]:
        whole = self._archive()[1]
        broken = (
            ("-cut.zip", whole[: len(whole) // 2]),
            ("-noise.txt", self._dice.randbytes(500)),
            ("-empty.txt", b""),
            ("-word.txt", b"Council\n"),
            ("-cut.jsonl", b'{"headline": "The council", "body": "It met'),
            ("-tags.html", b"<html><body>" + b"<div>" * 300 + b"</body></html>"),
        )
        return self._dice.choice(broken)
