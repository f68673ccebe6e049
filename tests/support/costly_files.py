"""Reads one costly file in a process of its own and prints what became of it and how much memory it took.

Run as `python costly_files.py CASE`; the test that runs it says what is expected.
"""

from __future__ import annotations

import gzip
import io
import itertools
import json
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from memory import peak_mib
from reading import Made, arrival

from transforms.read import read_parts
from transforms.read.parts import Part
from transforms.settings import TransformSettings

MEBIBYTE = 1024 * 1024
ROW = (
    json.dumps({"title": "Tunnel", "text": "The council voted against a tunnel under the lake. " * 60}).encode() + b"\n"
)


def json_line_of_1_gb() -> Iterator[bytes]:
    """A JSON line that does not end for 1 GB, and a good one behind it."""
    yield b'{"text": "'
    yield from itertools.repeat(b"a" * MEBIBYTE, 1024)
    yield b'"}\n' + ROW


def json_array_of_1_gb() -> Iterator[bytes]:
    """One object in a list whose text does not end for 1 GB."""
    yield b'[{"text": "'
    yield from itertools.repeat(b"a" * MEBIBYTE, 1024)


def json_many_values() -> Iterator[bytes]:
    """A line of 30 MB of empty lists, each an object of 56 bytes in memory."""
    yield b'{"text": "x", "a": ['
    yield from itertools.repeat(b"[]," * 10_000, 1000)
    yield b"[]]}\n"


def quoted_newlines() -> Iterator[bytes]:
    """A table whose second row opens a quote before 200 MB of line ends."""
    yield b'title,text\nT1,"'
    yield from itertools.repeat(b"\n" * MEBIBYTE, 200)


def quotes_never_closed() -> Iterator[bytes]:
    """A table of which each row opens a quote that nothing closes."""
    yield b"title,text\n"
    yield from itertools.repeat(b'T1,"one story\n' * 1_000, 200)


def rows_of_300_mb() -> Iterator[bytes]:
    """100,000 articles in JSON Lines."""
    yield from itertools.repeat(ROW * 100, 1000)


def zip_bomb() -> Iterator[bytes]:
    """4 GB of zeros in 4 MB."""
    yield from _deflated_zeros(4096)


def nested_zip_bomb() -> Iterator[bytes]:
    """A bomb of zeros inside a bomb of zips."""
    inner = b"".join(_deflated_zeros(512))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(64):
            archive.writestr(f"{number}.zip", inner)
    yield outer.getvalue()


def gzip_of_rows() -> Iterator[bytes]:
    """200 MB of articles, gzipped; rows differ, so that they pack as articles do."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    for number in range(20_000):
        text = " ".join(str(hash((number, word))) for word in range(500))
        yield packer.compress(json.dumps({"text": text}).encode() + b"\n")
    yield packer.flush()


def many_members() -> Iterator[bytes]:
    """A zip archive that opens one small member after another without end."""
    data = zlib.compress(b"a story of three words", 9)[2:-4]
    crc = zlib.crc32(b"a story of three words")
    for number in range(100_000):
        name = f"{number}.txt".encode()
        sizes = (crc, len(data), 22, len(name), 0)
        yield b"PK\3\4" + _header(*sizes) + name + data


def gzip_in_gzip() -> Iterator[bytes]:
    """Three compressions around 1 GB of zeros."""
    yield gzip.compress(gzip.compress(gzip.compress(b"\0" * 64 * MEBIBYTE)))


CASES: dict[str, tuple[Callable[[], Iterator[bytes]], str]] = {
    "json_line_of_1_gb": (json_line_of_1_gb, "a.jsonl"),
    "json_array_of_1_gb": (json_array_of_1_gb, "a.json"),
    "json_many_values": (json_many_values, "a.jsonl"),
    "quoted_newlines": (quoted_newlines, "a.csv"),
    "quotes_never_closed": (quotes_never_closed, "a.csv"),
    "rows_of_300_mb": (rows_of_300_mb, "a.jsonl"),
    "zip_bomb": (zip_bomb, "a.zip"),
    "nested_zip_bomb": (nested_zip_bomb, "a.zip"),
    "gzip_of_rows": (gzip_of_rows, "a.jsonl.gz"),
    "many_members": (many_members, "a.zip"),
    "gzip_in_gzip": (gzip_in_gzip, "a.gz"),
}


def _deflated_zeros(mebibytes: int) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    name = b"zeros.txt"
    yield b"PK\3\4" + _header(0, 0, 0, len(name), 0, flags=8) + name
    for _ in range(mebibytes):
        yield packer.compress(b"\0" * MEBIBYTE)
    yield packer.flush()


def _header(*numbers: int, flags: int = 0) -> bytes:
    import struct

    return struct.pack("<HHHHHIIIHH", 20, flags, 8, 0, 0, *numbers)


def main(case: str) -> None:
    """Read the file of a case; print counts by reason, documents and peak memory as JSON."""
    make, name = CASES[case]
    found: Counter[str] = Counter()
    for told in read_parts(cast(BinaryIO, Made(make())), arrival(name), TransformSettings()):
        if isinstance(told, Part):
            found["documents"] += told.split.kept["documents"].num_rows
            found["skipped"] += told.split.kept["skipped"].num_rows
            found.update(told.split.rejected["reason"].to_pylist())
    print(json.dumps({"found": found, "peak_mib": peak_mib()}))


if __name__ == "__main__":
    main(sys.argv[1])
