"""What classes, ids and roles say: each name is asked once, and all of them say what the whole line of them says."""

from __future__ import annotations

from itertools import permutations

import pytest

from transforms.read.page import furniture
from transforms.read.page.furniture import Kind, Trait, find_kind, find_link_kind

NAMES = (
    "article-body", "author", "author name", "by-line", "category-comments", "code-block-3", "comments", "date",
    "dateline", "entry__content", "hidden", "md:block", "no-sidebar", "paywall", "post-meta", "publishedAt",
    "relatedArticles", "story__body", "tag", "tag-author", "user-name-link", "wrapper",
)  # fmt: skip
TAGS = ("a", "article", "div", "figure", "h1", "h2", "p", "section", "time")


@pytest.mark.parametrize("tag", TAGS)
def test_names_together_say_what_the_patterns_find_in_the_whole_line(tag: str) -> None:
    for several in permutations(NAMES, 2):
        line = " ".join(several)

        kind = find_kind(tag, [("class", several[0]), ("id", several[1])])

        assert kind.names == line
        assert kind.is_byline == (furniture._BYLINE.search(line) is not None)
        assert kind.is_date == (furniture._DATE.search(line) is not None or tag == "time")
        assert kind.is_title == (tag == "h1")
        assert kind.is_out == kind.trait.is_out
        assert kind.trait is _slow_trait(tag, line)


def test_an_element_without_attributes_is_what_its_tag_says() -> None:
    assert find_kind("div", []) == furniture.PLAIN
    assert find_kind("figure", []).trait is Trait.FURNITURE
    assert find_kind("time", []).is_date
    assert find_kind("h1", []).is_title


@pytest.mark.parametrize(
    ("attributes", "trait"),
    [
        ([("hidden", "")], Trait.HIDDEN),
        ([("hidden", "until-found")], Trait.PLAIN),
        ([("aria-hidden", "true"), ("class", "article-body")], Trait.HIDDEN),
        ([("style", "color: red; DISPLAY : None")], Trait.HIDDEN),
        ([("style", "overflow: hidden")], Trait.PLAIN),
        ([("style", "visibility:hidden")], Trait.HIDDEN),
    ],
)
def test_what_hides_an_element_takes_it_out(attributes: list[tuple[str, str]], trait: Trait) -> None:
    assert find_kind("div", attributes).trait is trait


def test_a_link_is_named_by_class_itemprop_and_relation() -> None:
    assert find_link_kind(None, None, None) == furniture.PLAIN
    assert find_link_kind("author-link", None, None) == Kind(
        Trait.FURNITURE, "author-link", is_byline=True, is_out=True, is_noted=True
    )
    assert find_link_kind("name", "author", "url").names == "name url author"


def _slow_trait(tag: str, line: str) -> Trait:
    """Return the trait as its rules tell it, each asked of all names."""
    if tag in furniture.FURNITURE_TAGS:
        return Trait.FURNITURE
    if tag in furniture._NEVER:
        return Trait.PLAIN
    listed = line.split()
    if "hidden" in listed and not any(name.endswith(furniture._SHOWING) for name in listed):
        return Trait.HIDDEN
    listed = [name for name in listed if not name.startswith(furniture._STATES)]
    words = {name: furniture._to_words(name) for name in listed}
    unchanged = [name for name in listed if furniture._MODIFIERS.isdisjoint(words[name])]
    if any(not furniture._ALWAYS.isdisjoint(words[name]) for name in unchanged):
        return Trait.ALWAYS_FURNITURE
    if furniture._STORY.search(line):
        return Trait.STORY
    if tag in furniture._HEADING_TAGS:
        return Trait.PLAIN
    is_walled = tag in furniture._PAYWALL_TAGS and any({"paywall", "regwall"} & {*each} for each in words.values())
    is_out = is_walled or any(furniture._is_furniture(name, words[name]) for name in unchanged)
    return Trait.FURNITURE if is_out else Trait.PLAIN
