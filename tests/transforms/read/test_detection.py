"""Detection: news in its own language and an old encoding is read back, whole texts and first sentences."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

import pytest

from transforms.read.decoding import UndecodableError, decode
from transforms.read.labels import find_codec, find_encoding

LANGUAGES = tomllib.loads((Path(__file__).parent / "cases" / "languages.toml").read_text(encoding="utf-8"))["language"]
WRITTEN = [(each["name"], encoding, each["text"]) for each in LANGUAGES for encoding in each["encodings"]]
ENGLISH = "The council of the town met on Monday night to vote on the budget for the harbour, and the cranes will run. "


def _as_codec(encoding: str) -> str:
    return find_codec(find_encoding(encoding) or encoding)


@pytest.mark.parametrize(("language", "encoding", "text"), WRITTEN, ids=[f"{name} {code}" for name, code, _ in WRITTEN])
def test_news_is_read_back_from_the_encoding_it_was_written_in(language: str, encoding: str, text: str) -> None:
    raw = text.encode(_as_codec(encoding))

    assert decode(raw).text == text


@pytest.mark.parametrize(("language", "encoding", "text"), WRITTEN, ids=[f"{name} {code}" for name, code, _ in WRITTEN])
def test_the_first_paragraph_is_read_back_or_left_to_a_person(language: str, encoding: str, text: str) -> None:
    first = text.partition("\n")[0]

    try:
        decoded = decode(first.encode(_as_codec(encoding)))
    except UndecodableError:
        assert encoding == "macintosh", "a handful of bytes is not enough for Mac text, for all others it is"
        return

    assert decoded.text == first or (language, encoding) == ("Spanish", "macintosh")


def test_utf8_of_every_language_with_one_broken_byte_is_left_to_a_person() -> None:
    for language in LANGUAGES:
        raw = bytearray(language["text"].encode())
        first = next(index for index, byte in enumerate(raw) if byte > 0x7F)
        raw[first] = 0xFF
        if len(raw) - len(language["text"]) < 8:
            continue

        with pytest.raises(UndecodableError):
            decode(bytes(raw))


def test_noise_in_a_text_is_left_to_a_person() -> None:
    chance = random.Random(7)
    for _ in range(100):
        raw = bytearray((ENGLISH * 2).encode())
        for _ in range(10):
            at = chance.randrange(len(raw))
            raw[at:at] = bytes(chance.randrange(128, 256) for _ in range(2))

        with pytest.raises(UndecodableError):
            decode(bytes(raw))


def test_noise_is_left_to_a_person() -> None:
    chance = random.Random(7)
    for size in (40, 400, 4000):
        with pytest.raises(UndecodableError):
            decode(bytes(chance.randrange(32, 256) for _ in range(size)))
