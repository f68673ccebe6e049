"""Sketches: many texts at once give what each gives alone, and what the slow and obvious way gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from shelf import words

from transforms.deduplicate.background import texts_having
from transforms.deduplicate.shingles import shingle
from transforms.deduplicate.sketch import SMALLEST, WINDOW, sketch, unpack_gists, unpack_samples, unpack_shingles

ALL = (1 << 64) - 1
WORD = re.compile(r"[^\W_]+")
STOCK = {form for word, texts in texts_having().items() if texts >= 1000 for form in (word, f"{word}s")}


def mixed(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & ALL
    value = (value ^ value >> 27) * 0x94D049BB133111EB & ALL
    return value ^ value >> 31


def hashed(word: str) -> int:
    """Return the hash of a word, eight bytes after the other."""
    data = word.encode()
    value = 0
    for start in range(0, len(data), 8):
        part = int.from_bytes(data[start : start + 8], "little")
        value = mixed(part) if start == 0 else mixed((value * 0x9E3779B97F4A7C15 + part) & ALL)
    return value


def numbers(text: str) -> list[int]:
    """Return the shingles of a text in the order of its words."""
    listed = WORD.findall(text.lower())
    if not listed:
        return []
    found = []
    for start in range(max(len(listed) - 4, 1)):
        five = listed[start : start + 5]
        combined = 0
        for word in [*map(hashed, five), *[0] * (5 - len(five))]:
            combined = (combined * 0x9E3779B97F4A7C15 + word) & ALL
        is_stock = len(five) == 5 and set(five) <= STOCK
        found.append(mixed(combined) >> 33 | is_stock << 31)
    return found


def sampled(listed: Sequence[int]) -> list[int]:
    """Return the smallest number of every window, and the smallest of all."""
    windows = [min(listed[start : start + WINDOW]) for start in range(len(listed) - WINDOW + 1)]
    return sorted({*windows, *sorted(listed)[:SMALLEST]})


def many_texts() -> list[str]:
    dice = Random(3)
    drawn = [words(f"story{number}", dice.choice([0, 1, 2, 4, 5, 6, 63, 67, 68, 69, 90, 400])) for number in range(60)]
    stock = "at the end of the day it was all that we had in the end of it all and that was it"
    return [
        *drawn,
        "",
        "—",
        f"{stock} {drawn[9]}",
        stock,
        "“Élan” d’été à Besançon, 2031",
        "a" * 200,
        " ".join(["x"] * 80),
    ]


def test_shingles_are_those_of_the_obvious_way() -> None:
    texts = [text for text in many_texts() if len(text) < 190 or " " in text]

    hashes, ends = shingle(texts)

    assert [part.tolist() for part in np.split(hashes, ends[:-1])] == [numbers(text) for text in texts]


def test_samples_and_shingles_are_those_of_the_obvious_way() -> None:
    texts = [text for text in many_texts() if len(text) < 190 or " " in text]

    made = sketch(texts)

    for text, one in zip(texts, made, strict=True):
        listed = numbers(text)
        assert unpack_samples([one.sketch])[0].tolist() == sampled(listed)
        assert unpack_shingles([one.shingles])[0].tolist() == sorted({number >> 8 for number in listed})
        assert one.shingle_count == len({number >> 8 for number in listed})
        gist = {number >> 12 & 0xFFFF for number in listed if number >> 8 & 15 == 0}
        assert unpack_gists([one.sketch])[0].tolist() == sorted(gist)
        assert (one.sketch == b"") == (not listed)


def test_texts_taken_together_have_the_sketches_of_each_alone() -> None:
    texts = many_texts()

    assert sketch(texts) == [one for text in texts for one in sketch([text])]


def test_several_are_unpacked_as_each_alone() -> None:
    packed = [one.shingles for one in sketch(many_texts())]

    together, counts = unpack_shingles(packed)

    alone = [unpack_shingles([one])[0] for one in packed]
    assert counts.tolist() == list(map(len, alone))
    assert together.tolist() == [number for one in alone for number in one.tolist()]


def test_a_run_of_67_words_is_seen_wherever_it_stands() -> None:
    run = words("run", WINDOW + 4)
    one, other = sketch([f"{words('a', 300)} {run} {words('b', 50)}", f"{words('c', 20)} {run} {words('d', 700)}"])

    assert set(unpack_samples([one.sketch])[0].tolist()) & set(unpack_samples([other.sketch])[0].tolist())


def test_stock_phrases_are_sampled_only_where_there_is_nothing_else() -> None:
    stock = "at the end of the day it was all that we had in the end of it all"

    phrase, story = sketch([stock, f"{words('a', 200)} {stock} {words('b', 200)}"])

    assert not set(unpack_samples([phrase.sketch])[0].tolist()) & set(unpack_samples([story.sketch])[0].tolist())
    assert unpack_shingles([phrase.shingles])[0].tolist() == sorted(
        set(unpack_shingles([phrase.shingles])[0].tolist()) & set(unpack_shingles([story.shingles])[0].tolist())
    )


@pytest.mark.parametrize("letters", [64, 65, 128, 300])
def test_a_run_of_letters_without_end_is_cut_into_words(letters: int) -> None:
    assert len(shingle(["ก" * letters]).hashes) == max(-(-3 * letters // 64) - 4, 1)


def test_nothing_has_no_sketches() -> None:
    assert sketch([]) == []
