"""Recurrence: what only the words of a line can say of it."""

from __future__ import annotations

import pytest

from transforms.recurrence import is_long, may_be_furniture, to_printed_line, to_words

FURNITURE = [
    "The Courier is a member of the Valley Press Group.",
    "Reporting by Mara Tolland; editing by Rui Vane",
    "Sign up to our newsletter and read us every morning",
    "-ends-",
]
STORY = [
    "“We were lucky,” the mayor said.",
    '"We were lucky," the mayor said.',
    "The council met. " * 60,
]
STORY_AT_HEAD = ["LISBON (AP) — The council of Upper Tarn voted on Tuesday.", "PORT ELMS", "Key points", "Sport"]


@pytest.mark.parametrize("line", FURNITURE)
def test_a_line_that_nobody_says_may_be_furniture(line: str) -> None:
    assert may_be_furniture(line, "foot")


@pytest.mark.parametrize("line", STORY)
def test_speech_and_long_paragraphs_are_never_furniture(line: str) -> None:
    assert not may_be_furniture(line, "foot")
    assert not may_be_furniture(line, "head")


@pytest.mark.parametrize("line", STORY_AT_HEAD)
def test_a_dateline_and_a_short_label_may_open_many_articles(line: str) -> None:
    assert not may_be_furniture(line, "head")


def test_a_first_sentence_may_be_furniture_however_short() -> None:
    assert may_be_furniture("Good morning.", "head")


def test_a_background_paragraph_is_long() -> None:
    assert is_long("word " * 25)
    assert not is_long("word " * 24)


def test_words_are_the_different_long_ones_in_lower_case() -> None:
    assert to_words("The Harbour strike: the harbour in 2024, a été près.") == ["harbour", "strike", "près"]


def test_a_removal_is_read_without_its_mojibake_and_on_one_line() -> None:
    assert to_printed_line("Itâ€™s all\n in the Courier.") == "It’s all in the Courier."
