"""Folding takes away typesetting and nothing else."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.deduplicate.folding import fold

CASES = tomllib.loads((Path(__file__).parent / "cases" / "folding.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["same"], ids=lambda case: case["about"])
def test_typesetting_makes_no_other_text(case: dict[str, str]) -> None:
    assert fold(case["one"]) == fold(case["other"])


@pytest.mark.parametrize("case", CASES["different"], ids=lambda case: case["about"])
def test_other_words_or_marks_make_another_text(case: dict[str, str]) -> None:
    assert fold(case["one"]) != fold(case["other"])


@given(st.text())
def test_folding_twice_changes_nothing(body: str) -> None:
    once = fold(body)

    assert fold(once) == once


@given(st.text(alphabet="ab '\"-`\u2019\u201c\u2014\u2026\u00a0\u200b\u0301\n", max_size=30))
def test_folding_twice_changes_nothing_where_marks_are_dense(body: str) -> None:
    once = fold(body)

    assert fold(once) == once


def test_letters_and_figures_survive() -> None:
    assert fold("Řeka Úpa\n\nstoupla o 3,5 m.") == "Řeka Úpa stoupla o 3,5 m."
