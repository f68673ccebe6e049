"""Mutants of files: bytes flipped, cut, repeated, moved and mixed, as broken disks and attackers do."""

from __future__ import annotations

import random
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "samples" / "formats"
_INTERESTING = (
    b"\0",
    b"\xff",
    b'"',
    b"<",
    b">",
    b"{",
    b"[",
    b"\n",
    b",",
    b"\x7f\xff\xff\xff",
    b"9" * 19,
    b"&a;",
    b"\\u",
)


def seeds() -> dict[str, bytes]:
    """Return the samples of all formats by name."""
    return {path.name: path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.is_file()}


def mutate(raw: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Return `raw` with one to eight things done to it."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 8)):
        if not data:
            break
        at = chance.randrange(len(data))
        end = min(len(data), at + chance.choice((1, 2, 8, 64, 1024)))
        match chance.randrange(7):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end] * chance.choice((1, 2, 50))
            case 3:
                data[at : at + 1] = chance.choice(_INTERESTING)
            case 4:
                other = chance.choice(others)
                begin = chance.randrange(len(other) or 1)
                data[at:end] = other[begin : begin + end - at]
            case 5:
                del data[at:]
            case _:
                data[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
    return bytes(data)
