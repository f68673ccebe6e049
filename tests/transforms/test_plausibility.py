"""Plausibility: what looks odd in print, and what does not in any language."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.plausibility import count_oddities

LANGUAGES = tomllib.loads((Path(__file__).parent / "read" / "cases" / "languages.toml").read_text(encoding="utf-8"))[
    "language"
]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language["name"])
def test_news_is_not_odd_in_any_language(language: dict[str, Any]) -> None:
    assert count_oddities(language["text"]) == 0


@pytest.mark.parametrize(
    "text", ["“Où ?”", "»Größe«", "30 °C", "€47", "1ª", "iPhoneの店", "µm", "«\u00a0oui\u00a0»", "’n", "İstanbul"]
)
def test_what_print_shows_is_not_odd(text: str) -> None:
    assert count_oddities(text) == 0


@pytest.mark.parametrize(
    "text", ["cafÃ©", "naMÉd", "la£ke", "ЖукZhuk", "\x80", "\ufffd", "√¢", "Â£", "ɡ", "MĂĄm", "a¿", "ad”ed", "Bront녔"]
)
def test_what_no_writer_puts_side_by_side_is_odd(text: str) -> None:
    assert count_oddities(text) > 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_texts_apart_are_as_odd_as_together(first: str, second: str) -> None:
    assert count_oddities(f"{first}  {second}") == count_oddities(first) + count_oddities(second)
