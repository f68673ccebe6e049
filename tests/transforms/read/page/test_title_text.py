"""A title is cleaned of the site's names and of labels at its ends, and the title element is divided into its parts."""

from __future__ import annotations

import pytest

from transforms.read.page.title_text import clean_title, is_site_name, split_title

SITES = frozenset(("lakeherald", "lakeheraldcom"))


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ("The lake is grey | Lake Herald", "The lake is grey"),
        ("Lake Herald: The lake is grey", "The lake is grey"),
        ("Breaking: The lake is grey - lakeherald.com", "The lake is grey"),
        ("The lake &amp; the boat", "The lake & the boat"),
        ("The lake is grey - and so is the sky", "The lake is grey - and so is the sky"),
        ("Lake Herald", "Lake Herald"),
        ("", None),
        (None, None),
    ],
)
def test_names_and_labels_at_the_ends_of_a_title_go(given: str | None, title: str | None) -> None:
    assert clean_title(given, SITES) == title


def test_the_parts_of_the_title_element_are_folded_and_lack_the_site() -> None:
    assert split_title("Lake Herald » Blog » How to build a boat!", SITES) == ["blog", "how to build a boat"]
    assert split_title(None, SITES) == []


def test_a_text_without_a_word_is_taken_for_the_site() -> None:
    assert is_site_name("Lake Herald", SITES)
    assert is_site_name("…", SITES)
    assert not is_site_name("The lake", SITES)
