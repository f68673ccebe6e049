"""Mojibake: undone where it is proven, and nothing else touched."""

from __future__ import annotations

import time
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.clean.code_pages import NAMES
from transforms.clean.mojibake import mend

HERE = Path(__file__).parent
DAMAGED = tomllib.loads((HERE / "cases" / "mojibake.toml").read_text(encoding="utf-8"))["case"]
UNTOUCHED = tomllib.loads((HERE / "cases" / "untouched_letters.toml").read_text(encoding="utf-8"))["case"]
LANGUAGES = tomllib.loads((HERE.parent / "read" / "cases" / "languages.toml").read_text(encoding="utf-8"))["language"]
LETTERS = st.text(st.sampled_from("aeAE éÉàÃÂâ€™œ“”£©®°žŸ\u00a0\x81\x85\x9d\ufffdРСВГрс»«ёі√≤∆╨┤ðŸ˜€\n.'"), max_size=40)


def misread(text: str, page: str) -> str:
    """Return the UTF-8 of `text` as a program shows it that takes it for `page`."""
    return "".join(bytes([byte]).decode(page, "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("case", DAMAGED, ids=lambda case: case["about"])
def test_damage_is_undone(case: dict[str, Any]) -> None:
    assert mend(case["damaged"]).text == case["mended"]


@pytest.mark.parametrize("case", UNTOUCHED, ids=lambda case: case["about"])
def test_text_that_only_looks_damaged_stays(case: dict[str, Any]) -> None:
    mended = mend(case["text"])

    assert mended.text == case["text"]
    assert mended.places is None


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language["name"])
def test_news_that_is_whole_stays(language: dict[str, Any]) -> None:
    assert mend(language["text"]).places is None


@pytest.mark.parametrize("page", ["cp1252", "cp1251", "cp1250", "mac_roman", "cp437"])
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language["name"])
def test_news_that_was_misread_is_read_again(language: dict[str, Any], page: str) -> None:
    mended = mend(misread(language["text"], page)).text

    right = sum(first == second for first, second in zip(mended, language["text"], strict=False))
    assert right >= len(language["text"]) * 0.99


@settings(max_examples=400, deadline=None)
@given(st.one_of(LETTERS, st.text(max_size=80)))
@example("doesnÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢t")
def test_mending_twice_equals_mending_once(text: str) -> None:
    once = mend(text)

    assert mend(once.text).text == once.text


@settings(max_examples=400, deadline=None)
@given(st.one_of(LETTERS, st.tuples(st.text(max_size=30), st.sampled_from(NAMES)).map(lambda pair: misread(*pair))))
def test_every_character_has_its_place_in_the_damaged_text(text: str) -> None:
    mended = mend(text)

    places = mended.places or tuple(range(len(text) + 1))
    assert len(places) == len(mended.text) + 1
    assert (places[0], places[-1]) == (0, len(text))
    assert all(first < second for first, second in pairwise(places))


@pytest.mark.parametrize(
    "piece", ["Ã©", "Ã", "â€™", "ÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢", "Рљ", "\x92", "Ã ", "É’ ", "ðŸ˜€", "\ufffdÃ", "Ù "]
)
def test_no_text_makes_mending_run_wild(piece: str) -> None:
    started = time.process_time()

    mend((piece * 60_000)[:60_000])

    assert time.process_time() - started < 4
