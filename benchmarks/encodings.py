"""Is text in old encodings read back exactly, and what does it cost beside the libraries that guess encodings?

Corpus:   invented news in 33 languages (tests/transforms/read/cases/languages.toml), each in the encodings it was
          written in; whole texts, first paragraphs and first sentences. With SET_FOLDER also a labelled set of pages
          (`<split>.jsonl.gz` with `page`, `encoding`, `strict_decodes`; `<split>.pages.tar.xz`).
Rivals:   charset-normalizer and chardet alone, same bytes, same run.
Use:      python benchmarks/encodings.py [SET_FOLDER]; results in encodings.md
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import sys
import tarfile
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import chardet
import charset_normalizer

from transforms.clean.mojibake import mend
from transforms.read.decoding import UndecodableError, decode, decode_page
from transforms.read.labels import find_codec, find_encoding

LANGUAGES = Path(__file__).parent.parent / "tests" / "transforms" / "read" / "cases" / "languages.toml"
Reader = Callable[[bytes], str | None]


class Sample(NamedTuple):
    """Bytes, and the text that they are."""

    raw: bytes
    text: str


class Score(NamedTuple):
    """How many samples were read back, read wrongly and refused, and how many a second of CPU reads."""

    right: int
    wrong: int
    refused: int
    per_second: float


def measure(read: Reader, samples: list[Sample]) -> Score:
    """Return the score of a reader; line ends and byte order marks are folded."""
    read(samples[0].raw)
    started = time.process_time()
    texts = [read(sample.raw) for sample in samples]
    seconds = time.process_time() - started
    right = sum(text is not None and _fold(text) == _fold(each.text) for text, each in zip(texts, samples, strict=True))
    refused = texts.count(None)
    return Score(right, len(samples) - right - refused, refused, len(samples) / max(seconds, 1e-9))


def news(cut: Callable[[str], str]) -> list[Sample]:
    """Return the invented news, each text as `cut` shortens it, in each of its encodings; pure ASCII is left out."""
    languages = tomllib.loads(LANGUAGES.read_text(encoding="utf-8"))["language"]
    pairs = [(cut(each["text"]), encoding) for each in languages for encoding in each["encodings"]]
    return [Sample(text.encode(_codec(encoding)), text) for text, encoding in pairs if not text.isascii()]


def pages(folder: Path) -> Iterator[Sample]:
    """Yield the pages of a labelled set that their label's codec can decode."""
    for listed in sorted(folder.glob("*.jsonl.gz")):
        packed = listed.with_name(listed.name.replace(".jsonl.gz", ".pages.tar.xz"))
        with lzma.open(packed) as stream, tarfile.open(fileobj=io.BytesIO(stream.read())) as archive:
            for line in gzip.decompress(listed.read_bytes()).splitlines():
                row = json.loads(line)
                member = archive.extractfile(row["page"])
                if row["strict_decodes"] and member is not None:
                    raw = member.read()
                    yield Sample(raw, raw.decode(_LABELS.get(row["encoding"], row["encoding"]), "replace"))


def _ours(raw: bytes) -> str | None:
    try:
        return decode(raw).text
    except UndecodableError:
        return None


def _ours_page(raw: bytes) -> str | None:
    return decode_page(raw).text


def _normalizer(raw: bytes) -> str | None:
    best = charset_normalizer.from_bytes(raw).best()
    return None if best is None else raw.decode(best.encoding, "replace")


def _chardet(raw: bytes) -> str | None:
    name = chardet.detect(raw)["encoding"]
    return None if name is None else raw.decode(name, "replace")


_LABELS = {"macroman": "mac_roman", "maccyrillic": "mac_cyrillic"}
_READERS: dict[str, Reader] = {"copydesk": _ours, "charset-normalizer": _normalizer, "chardet": _chardet}


def _codec(label: str) -> str:
    return find_codec(find_encoding(label) or label)


def _fold(text: str) -> str:
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _print(about: str, readers: dict[str, Reader], samples: list[Sample]) -> None:
    for name, read in readers.items():
        score = measure(read, samples)
        share = score.right / len(samples)
        cells = (about, name, len(samples), f"{share:.3f}", score.wrong, score.refused, f"{score.per_second:,.0f}")
        print("| " + " | ".join(map(str, cells)) + " |")


def main() -> None:
    """Print the tables."""
    print("| texts | reader | n | exact | wrong | refused | texts/s |\n|---|---|---|---|---|---|---|")
    _print("whole texts", _READERS, news(lambda text: text))
    _print("first paragraphs", _READERS, news(lambda text: text.partition("\n")[0]))
    _print("first sentences", _READERS, news(lambda text: text.replace("。", ". ").partition(". ")[0]))
    utf8 = [Sample(each.text.encode() * 8, each.text * 8) for each in news(lambda text: text)]
    _print("UTF-8, 4 kB", _READERS, utf8)
    for folder in map(Path, sys.argv[1:]):
        _print("labelled pages", {**_READERS, "copydesk, as pages": _ours_page}, list(pages(folder)))
    whole = [each.text * 8 for each in news(lambda text: text)]
    started = time.process_time()
    mended = sum(mend(text).places is not None for text in whole)
    per_second = len(whole) / (time.process_time() - started)
    print(f"\nmojibake: {mended} of {len(whole)} whole texts of 4 kB touched, {per_second:,.0f} texts/s")


if __name__ == "__main__":
    main()
