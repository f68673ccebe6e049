"""Which encoding bytes are in that nothing declares: statistics propose, plausibility decides.

Nothing is guessed from a handful of bytes: those are windows-1252 where each stands as print has it, or nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.plausibility import count_oddities
from transforms.read.labels import CODECS, find_encoding
from transforms.read.western import find_implausible


class Detected(NamedTuple):
    """An encoding and the text that it makes of all the bytes."""

    encoding: str
    text: str


class _Proposed(NamedTuple):
    encoding: str
    confidence: float


WINDOW_BYTES = 200_000
"""So much is looked at; all of it must be readable in the end."""

_ESCAPES = {
    "iso-2022-jp": re.compile(rb"\x1b\$[@B]|\x1b\$\([DOPQ]"),
    "iso-2022-kr": re.compile(rb"\x1b\$\)C"),
    "hz-gb-2312": re.compile(rb"~\{(?:[!-w][!-~])+~\}"),
}
_PROPOSED = (
    "utf-8", "big5", "big5hkscs", "euc-kr", "cp949", "johab",
    "euc-jp", "shift_jis", "cp932", "gb2312", "gbk", "gb18030", "cp855", "cp866", "koi8-r", "koi8-u", "mac-cyrillic",
    "mac-roman", "tis-620", "cp874", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "iso8859-1", "iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-9", "iso8859-13",
    "iso8859-15",
)  # fmt: skip
"""What newspapers wrote before UTF-8, as chardet calls it, less Western DOS code pages: those read anything as text."""

_MIN_HIGH_BYTES = 6
_MIN_CONFIDENCE = 0.05
"""Of chardet. The lowest right answer over one-sentence texts in 33 languages has 0.108, the highest for noise 0.019
(benchmarks/encodings.py)."""
_CANDIDATES = 8
_LATIN = frozenset(("windows-1250", "windows-1254", "windows-1257", "iso-8859-2", "iso-8859-13", "iso-8859-15"))
_MARGIN = 1.05
"""How much surer statistics must be of another Latin encoding than of windows-1252."""
_LETTER = re.compile(rb"[\xc0-\xff\x8a\x8c\x8e\x9a\x9c\x9e\x9f]")
_LONE = re.compile(r"(?<![A-Za-z])[^\W_a-zA-Z0-9](?![A-Za-z])")
"""A letter beyond ASCII that stands by no ASCII letter."""
_MAX_ODDITY_SHARE = 0.05
"""Oddities per character beyond ASCII. Texts in their own encoding have none, wrongly read ones 0.2 and more."""

_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BROKEN_UTF8_SHARE = 0.8
_ASCII = bytes(range(0x80))
_NUL_BYTES = 4096
_MIN_NULS = 4
_MIN_NUL_SHARE = 0.05
"""Of all bytes. A stray NUL or two are damage."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_WINDOW_CHARS = 10_000


def find_escaped(raw: bytes) -> Detected | None:
    """Return the text of an encoding that hides behind ASCII: ISO-2022-JP, ISO-2022-KR, HZ; None for plain ASCII."""
    if not raw.isascii() or (b"\x1b$" not in raw and b"~{" not in raw):
        return None
    for encoding, escape in _ESCAPES.items():
        if escape.search(raw) is not None:
            text = read_strictly(raw, encoding)
            if text is not None and not text.isascii():
                return Detected(encoding, text)
    return None


def find_wide(raw: bytes) -> Detected | None:
    """Return the text of UTF-16 or UTF-32 without a byte order mark, or None; its ASCII is full of zero bytes."""
    head = raw[:_NUL_BYTES]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < max(_MIN_NULS, len(head) * _MIN_NUL_SHARE):
        return None
    for encoding in ("utf-32be", "utf-32le", "utf-16be" if even > odd else "utf-16le"):
        text = read_strictly(raw, encoding)
        if text is not None and _CONTROL.search(text) is None:
            return Detected(encoding, text)
    return None


def detect(raw: bytes) -> Detected | None:
    """Return the encoding that makes plausible text of bytes that are no UTF-8, or None when none is sure to."""
    high = len(raw) - count_ascii(raw)
    if _is_broken_utf8(raw, high):
        return None
    if high < _MIN_HIGH_BYTES:
        return _detect_from_few(raw)
    for proposed in _propose(raw):
        text = read_strictly(raw, proposed.encoding)
        if text is not None and is_plausible(text):
            return Detected(proposed.encoding, text)
    return None


def _detect_from_few(raw: bytes) -> Detected | None:
    """Return a Latin encoding in which each of a handful of bytes stands as print has it.

    It is windows-1252 unless statistics have a better one, since its marks and letters are what is met most.
    """
    western = find_implausible(raw) is None
    if western and _LETTER.search(raw) is None:
        return Detected("windows-1252", raw.decode("cp1252"))
    confidence = {each.encoding: each.confidence for each in reversed(_propose(raw))}
    best = max((name for name in confidence if name in _LATIN), key=lambda name: confidence[name], default=None)
    if best is not None and confidence[best] > confidence.get("windows-1252", 0.0) * _MARGIN:
        text = read_strictly(raw, best)
        if text is not None and count_oddities(text) == 0 and _LONE.search(text) is None:
            return Detected(best, text)
    return Detected("windows-1252", raw.decode("cp1252")) if western else None


def read_strictly(raw: bytes, encoding: str) -> str | None:
    """Return the text of `raw` by the first codec of `encoding` that reads every byte, or None."""
    for codec in CODECS.get(encoding, (encoding,)):
        try:
            return raw.decode(codec).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    return None


def is_plausible(text: str) -> bool:
    """Return whether `text` reads as if somebody had written it, judged by its characters beyond ASCII."""
    window = text[:_WINDOW_CHARS]
    foreign = sum(map(len, _NOT_ASCII.findall(window)))
    return count_oddities(window) <= foreign * _MAX_ODDITY_SHARE


def _propose(raw: bytes) -> list[_Proposed]:
    """Return the likeliest encodings, best first."""
    import chardet  # loads 40 MB of statistics, which only files in old encodings need

    results = chardet.detect_all(raw[:WINDOW_BYTES], include_encodings=_PROPOSED, ignore_threshold=True)
    proposed: dict[str, _Proposed] = {}
    for result in results[:_CANDIDATES]:
        name = find_encoding(result["encoding"] or "")
        if name is not None and name != "utf-8" and result["confidence"] >= _MIN_CONFIDENCE:
            proposed.setdefault(name, _Proposed(name, result["confidence"]))
    return list(proposed.values())


def count_ascii(raw: bytes) -> int:
    """Return how many bytes of `raw` are ASCII."""
    return len(raw) - len(raw.translate(None, _ASCII))


def _is_broken_utf8(raw: bytes, high: int) -> bool:
    """Return whether most bytes beyond ASCII are characters of UTF-8, so that the others are damage."""
    return sum(map(len, _MULTIBYTE.findall(raw))) >= high * _BROKEN_UTF8_SHARE
