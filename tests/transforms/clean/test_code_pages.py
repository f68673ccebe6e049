"""Which code pages are suspected: the quick look at the characters beyond ASCII never overlooks one."""

from __future__ import annotations

import pytest

from transforms.clean.code_pages import NAMES, find_foreign, load, suspects

WORDS = ("Café", "naïve", "“Quoted” – she said…", "Größe", "Привет", "日本", "plain", "½ € ™", "\ufffd", "\x85")


def misread(text: str, name: str) -> str:
    return text.encode("utf-8").decode(name, "replace")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("word", WORDS)
def test_the_quick_look_suspects_what_searching_for_every_code_page_does(word: str, name: str) -> None:
    for text in (word, misread(word, name), f"The {word} of {misread(word, name)}, as it came"):
        slow = [page for page in map(load, NAMES) if page.opening.search(text) is not None]

        assert suspects(text, find_foreign(text)) == slow


def test_a_text_without_two_odd_characters_side_by_side_is_suspected_of_nothing() -> None:
    text = "It’s a café in “Port Elms” – and so on…"

    assert suspects(text, find_foreign(text)) == []


def test_the_characters_beyond_ascii_stay_in_their_order() -> None:
    assert find_foreign("a“b”c\ud800d–") == "“”\ud800–"
