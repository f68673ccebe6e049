"""Damage: each flag on bodies that deserve it, none on those that only look so, and evidence that points at it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from transforms.extract.damage import DETECTORS, find_damage
from transforms.extract.damage.language_words import language_words

CASES = Path(__file__).parent / "cases"
DAMAGED = tomllib.loads((CASES / "damaged.toml").read_text(encoding="utf-8"))["case"]
WHOLE = tomllib.loads((CASES / "whole.toml").read_text(encoding="utf-8"))["case"]
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pt")


def _flags(body: str, language: str = "en") -> list[str]:
    found = find_damage(body, language)
    return [each.field.removeprefix("quality_flags.") for each in found]


@pytest.mark.parametrize("case", DAMAGED, ids=lambda case: case["about"])
def test_damage_is_named_and_shown(case: dict[str, Any]) -> None:
    body = case["body"].strip()

    found = find_damage(body, case.get("language", "en"))

    assert [each.field.removeprefix("quality_flags.") for each in found] == case["flags"]
    assert found[0].value == case["text"] == body[found[0].start : found[0].end]
    assert 0.5 <= found[0].confidence < 1


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case["about"])
def test_what_only_looks_damaged_carries_no_flag(case: dict[str, Any]) -> None:
    assert _flags(case["body"].strip(), case.get("language", "en")) == []


def test_more_damage_makes_a_flag_surer_and_the_method_counts_it() -> None:
    once = find_damage("The boat is gone. . Nobody saw it.", "en")[0]
    twice = find_damage("The boat is gone. . Nobody saw it. . Nobody cared.", "en")[0]

    assert (once.method, twice.method) == ("mark_after_mark: 1", "mark_after_mark: 2")
    assert once.confidence < twice.confidence


def test_a_long_body_may_hold_a_slip() -> None:
    slip = "The minister has went home."

    assert _flags(slip) == ["machine_text_suspected"]
    assert _flags(slip + " The boats came back to the harbour with the tide." * 200) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_its_words(language: str) -> None:
    words = language_words(language)

    assert "prof" in words.abbreviations or "ltd" in words.abbreviations
    assert words.function_words
    assert words.doubled


def test_a_language_without_a_file_and_a_tag_that_is_none_have_no_words() -> None:
    assert language_words("sv").abbreviations == frozenset()
    assert language_words("../en") is language_words(None)
    assert language_words("en-GB").abbreviations == language_words("en").abbreviations


def test_an_empty_body_has_no_flaw() -> None:
    assert [
        flaw for found in DETECTORS.values() for detector in found for flaw in detector("", language_words("en"))
    ] == []


@pytest.mark.parametrize(
    "piece",
    [
        "a,.",
        "word . ",
        "Tarn. of the lake stood ",
        "“x» ",
        "(",
        "the the ",
        "is schedule to be ",
        "Zelinski Zelinskyy ",
        "x. . ",
    ],
)
def test_a_body_of_nothing_but_flaws_costs_no_more_than_its_length(piece: str) -> None:
    """Quadratic work would take many minutes here."""
    found = find_damage("The lake was grey on that day. " + piece * (200_000 // len(piece)), "en")

    assert all(each.start is not None for each in found)


def test_a_trip_writes_flags_with_evidence_and_changes_no_word(trip: Any) -> None:
    text = "The ferry left at dawn with a cargo of salt. . Nobody on the island of Tarn saw it return that day."

    kept = trip(text).kept

    article, evidence = kept["articles"].to_pylist()[0], kept["evidence"].to_pylist()
    shown = [row for row in evidence if row["field"].startswith("quality_flags.")]
    assert article["body"] == text
    assert article["quality_flags"] == ["stray_punctuation"]
    assert [(row["field"], row["value"]) for row in shown] == [("quality_flags.stray_punctuation", "salt. .")]
    assert article["body"][shown[0]["start_char"] : shown[0]["end_char"]] == shown[0]["value"]
