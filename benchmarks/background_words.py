"""Count in how many texts a word stands, for the table by which stories are told apart.

Text:      documentation that every Debian machine with Python and Rust carries, under free licences (man pages and
           /usr/share/doc: GPL, BSD, MIT, GFDL; Perl's pods: Artistic; the Rust book: MIT or Apache-2.0; READMEs of
           Python distributions: MIT, BSD, Apache-2.0). Counts are kept, no text.
By hand:   transforms/deduplicate/words/news_en.toml, as documentation hardly knows the words of news; and the stop
           words of transforms/extract/stop_words.toml, which stand in every third text.
Command:   python benchmarks/background_words.py > transforms/deduplicate/words/background.tsv
Output:    word, tab, texts in 10,000 that have it; words of more than 5 in 10,000 only.
"""

from __future__ import annotations

import gzip
import html
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from transforms.deduplicate.terms import find_words

PLACES = (
    ("/usr/share/doc", "**/*"),
    ("/usr/share/man", "**/*.gz"),
    ("/usr/share/perl", "**/*.pod"),
    ("/usr/share/common-licenses", "*"),
    (str(Path.home() / ".rustup/toolchains"), "*/share/doc/rust/html/book/*.html"),
    (sys.prefix, "lib/python3.*/site-packages/*.dist-info/METADATA"),
    (sys.prefix, "lib/python3.*/site-packages/**/*.md"),
    (sys.prefix, "lib/python3.*/site-packages/**/*.rst"),
)
WORDS_PER_TEXT = 300
MIN_DIFFERENT_WORDS = 40
"""Pieces of fewer are tables and lists of symbols."""
MIN_SHARE = 5
MIN_TEXTS = 6
"""A word of fewer may be one program's."""
STOP_WORD_SHARE = 3_000
ROOT = Path(__file__).parent.parent / "transforms"
_NO_TEXT = re.compile(r"changelog|\.(png|svg|js|css|py|so|json|gif)(\.gz)?$", re.IGNORECASE)
_LANGUAGE = re.compile(r"/man/([a-z]{2}(?:_[A-Z]{2})?)/")


def read_texts() -> Iterator[tuple[str, str]]:
    """Yield language and text of each file; what is no text is passed over."""
    seen: set[bytes] = set()
    for folder, pattern in PLACES:
        for path in sorted(Path(folder).glob(pattern)):
            if not path.is_file() or _NO_TEXT.search(path.name) or path.stat().st_size > 3_000_000:
                continue
            data = path.read_bytes()
            try:
                text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
            except (UnicodeDecodeError, gzip.BadGzipFile, EOFError):
                continue
            if data[:200] not in seen:
                seen.add(data[:200])
                found = _LANGUAGE.search(str(path))
                yield found[1] if found else "en", _without_markup(text)


def count() -> dict[str, int]:
    """Return texts in 10,000 by word; of several languages the one that has it most."""
    texts: Counter[str] = Counter()
    having: dict[str, Counter[str]] = {}
    for language, text in read_texts():
        words = [word for word, _ in find_words(text)]
        for start in range(0, max(len(words) - 100, 1), WORDS_PER_TEXT):
            piece = set(words[start : start + WORDS_PER_TEXT])
            if len(piece) >= MIN_DIFFERENT_WORDS:
                texts[language] += 1
                having.setdefault(language, Counter()).update(piece)
    shares: Counter[str] = Counter()
    for language, words_of in having.items():
        if texts[language] >= 500:
            for word, number in words_of.items():
                if number < MIN_TEXTS:
                    continue
                shares[word] = max(shares[word], round(10_000 * number / texts[language]))
    print(f"{dict(texts)} texts", file=sys.stderr)
    for word, share in by_hand():
        shares[word] = max(shares[word], share)
    return {word: share for word, share in shares.items() if share >= MIN_SHARE}


def by_hand() -> Iterator[tuple[str, int]]:
    """Yield the words that are not counted but known, with their share."""
    news = tomllib.loads((ROOT / "deduplicate" / "words" / "news_en.toml").read_text("utf-8"))
    for name, listed in news.items():
        for word, _ in find_words(listed):
            yield word, int(name.removeprefix("share_")) * 100
    stop_words = tomllib.loads((ROOT / "extract" / "stop_words.toml").read_text("utf-8"))
    for listed in stop_words.values():
        for word, _ in find_words(listed if isinstance(listed, str) else " ".join(listed)):
            yield word, STOP_WORD_SHARE


def _without_markup(text: str) -> str:
    if "<html" not in text[:2000].lower():
        return text
    return html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style).*?</\1>", "", text)))


if __name__ == "__main__":
    for word, share in sorted(count().items()):
        print(f"{word}\t{share}")
