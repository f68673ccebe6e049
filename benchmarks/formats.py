"""How fast are the readers of packed and tabular formats, beside the fastest library that reads the same file?

Question:  documents and megabytes (of the file as it lies there) per second of CPU, for *read* (documents cut out, with
           ids, offsets, limits and canonical raw) and for a rival that only parses; rivals that are not installed are
           left out.
Corpus:    made: articles of 40 sentences of invented words, the same in every format.
Command:   python benchmarks/formats.py --articles 5000
Answer:    a table on stdout, as in benchmarks/formats.md.
"""

from __future__ import annotations

import argparse
import bz2
import csv
import gzip
import io
import json
import lzma
import random
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from backports import zstd

from transforms.read import read_parts
from transforms.read.parts import Part
from transforms.rows import Arrival
from transforms.settings import TransformSettings

_NOW = datetime(2025, 1, 1, tzinfo=UTC)


class Case(NamedTuple):
    """A file, and who reads it beside us."""

    name: str
    raw: bytes
    rivals: tuple[tuple[str, Callable[[bytes], int]], ...]


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=5000)
    rows = list(_rows(parser.parse_args(arguments).articles))
    print("| file | MB | documents/s | MB/s | rival | documents/s | MB/s | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for case in _cases(rows):
        ours, count = _best(lambda raw, name=case.name: _read(raw, name), case.raw)  # type: ignore[misc]
        megabytes = len(case.raw) / 1e6
        start = f"| `{case.name}` | {megabytes:.1f} | {count / ours:,.0f} | {megabytes / ours:.0f} |"
        for name, rival in case.rivals:
            theirs, counted = _best(rival, case.raw)
            assert counted == count, f"{name} finds {counted} of {count} in {case.name}"
            print(
                f"{start} {name} | {count / theirs:,.0f} | {megabytes / theirs:.0f} | {theirs / ours:.2f} |", flush=True
            )


def _best(function: Callable[[bytes], int], raw: bytes) -> tuple[float, int]:
    """Return the CPU seconds of the fastest of three runs, and what it counted."""
    times: list[float] = []
    count = 0
    for _ in range(3):
        begin = time.process_time()
        count = function(raw)
        times.append(time.process_time() - begin)
    return max(min(times), 1e-6), count


def _read(raw: bytes, name: str) -> int:
    arrival = Arrival(f"file:///{name}", name, _NOW)
    told = read_parts(io.BytesIO(raw), arrival, TransformSettings())
    return sum(part.split.kept["documents"].num_rows for part in told if isinstance(part, Part))


def _rows(count: int) -> Iterator[dict[str, str]]:
    chance = random.Random(7)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(4000)]
    for number in range(count):
        sentences = (" ".join(chance.choices(words, k=14)).capitalize() + "." for _ in range(40))
        text = "\n\n".join(sentences)
        yield {"title": f"Story {number}", "text": text, "url": f"https://post.example/{number}", "date": "2024-03-04"}


def _cases(rows: list[dict[str, str]]) -> Iterator[Case]:
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    yield Case("a.jsonl", lines, (("msgspec decode_lines", lambda raw: len(msgspec.json.Decoder().decode_lines(raw))),))
    yield Case("a.json", json.dumps(rows).encode(), (("msgspec decode", lambda raw: len(msgspec.json.decode(raw))),))
    yield Case("a.csv", _csv(rows), (("csv.DictReader", _count_csv), ("pyarrow.csv", _count_arrow_csv)))
    yield Case("a.parquet", _parquet(rows), (("pyarrow to_pylist", _count_parquet),))
    yield Case("a.jsonl.gz", gzip.compress(lines, 6), (("gzip, lines", lambda raw: gzip.decompress(raw).count(b"\n")),))
    yield Case("a.jsonl.bz2", bz2.compress(lines), (("bz2, lines", lambda raw: bz2.decompress(raw).count(b"\n")),))
    yield Case(
        "a.jsonl.xz", lzma.compress(lines, preset=1), (("lzma, lines", lambda raw: lzma.decompress(raw).count(b"\n")),)
    )
    yield Case("a.jsonl.zst", zstd.compress(lines), (("zstd, lines", lambda raw: zstd.decompress(raw).count(b"\n")),))
    yield Case("a.zip", _zip(rows), (("zipfile", _count_zip),))
    yield Case("a.tar", _tar(rows), (("tarfile", _count_tar),))
    warc = b"".join(_records(rows))
    yield Case("a.warc", warc, tuple(_warc_rivals()))
    yield Case("a.warc.gz", b"".join(gzip.compress(each) for each in _records(rows)), tuple(_warc_rivals()))


def _csv(rows: Iterable[dict[str, str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, ["title", "text", "url", "date"])
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _count_csv(raw: bytes) -> int:
    return sum(1 for _ in csv.DictReader(io.StringIO(raw.decode(), newline="")))


def _count_arrow_csv(raw: bytes) -> int:
    options = pyarrow.csv.ParseOptions(newlines_in_values=True)
    return int(pyarrow.csv.read_csv(io.BytesIO(raw), parse_options=options).num_rows)


def _parquet(rows: list[dict[str, str]]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer, compression="zstd", row_group_size=1000)
    return buffer.getvalue()


def _count_parquet(raw: bytes) -> int:
    return len(pq.read_table(io.BytesIO(raw), use_threads=False).to_pylist())


def _zip(rows: list[dict[str, str]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, row in enumerate(rows):
            archive.writestr(f"{number}.txt", row["text"])
    return buffer.getvalue()


def _count_zip(raw: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return sum(bool(archive.read(name)) for name in archive.namelist())


def _tar(rows: list[dict[str, str]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number, row in enumerate(rows):
            facts = tarfile.TarInfo(f"{number}.txt")
            facts.size = len(row["text"])
            archive.addfile(facts, io.BytesIO(row["text"].encode()))
    return buffer.getvalue()


def _count_tar(raw: bytes) -> int:
    with tarfile.open(fileobj=io.BytesIO(raw), mode="r|") as archive:
        return sum(bool(file.read()) for each in archive if (file := archive.extractfile(each)) is not None)


def _records(rows: Iterable[dict[str, str]]) -> Iterator[bytes]:
    for row in rows:
        page = f"<html><body><h1>{row['title']}</h1><p>{row['text']}</p></body></html>"
        block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}".encode()
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {row['url']}\r\nContent-Type: application/http\r\n"
        yield f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def _warc_rivals() -> Iterator[tuple[str, Callable[[bytes], int]]]:
    if find_spec("fastwarc") is not None:
        yield "FastWARC", _count_fastwarc
    if find_spec("warcio") is not None:
        yield "warcio", _count_warcio


def _count_fastwarc(raw: bytes) -> int:
    from fastwarc.warc import ArchiveIterator

    return sum(bool(record.reader.read()) for record in ArchiveIterator(io.BytesIO(raw), parse_http=True))


def _count_warcio(raw: bytes) -> int:
    from warcio.archiveiterator import ArchiveIterator

    records: Any = ArchiveIterator(io.BytesIO(raw))
    return sum(bool(record.content_stream().read()) for record in records)


if __name__ == "__main__":
    main(sys.argv[1:])
