"""The matcher against cases, and against the slow, obvious way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from format_cases import load_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_watch import slow_match

from transforms.watch.lists import Watched, Watchlist
from transforms.watch.matcher import Matcher
from transforms.watch.query import parse_phrase, parse_query
from transforms.watch.terms import AllOf, AnyOf, Near, Not, Term, asks_for_a_phrase

CASES = load_cases(__file__, "matches")


def article(body: str, headline: str | None = None, *, source: str = "gazette", language: str | None = "en") -> Watched:
    return Watched(headline, body, source, language)


def watchlist(find: str, id: str = "list", **options: Any) -> Watchlist:
    return Watchlist(id, id, parse_query(find), **options)


def texts(matcher: Matcher, watched: Watched) -> dict[str, list[str]]:
    """Return what each list found, by its id."""
    return {
        match.watchlist.id: [watched.text(place.field)[place.start : place.end] for place in match.places]
        for match in matcher.match(watched)
    }


@pytest.mark.parametrize("case", CASES, ids=[case["about"] for case in CASES])
def test_what_a_query_finds(case: dict[str, Any]) -> None:
    options = {name: case[name] for name in ("match_case", "ignore_accents") if name in case}
    matcher = Matcher([watchlist(case["find"], **options)])

    found = texts(matcher, article(case["body"], case.get("headline")))

    assert found.get("list", []) == case["found"]


def test_sources_and_languages_are_asked_for() -> None:
    of_source = watchlist("strike", "of-source", sources=("gazette", "ap"))
    in_english = watchlist("strike", "in-english", languages=("EN",))
    british = watchlist("strike", "british", languages=("en-GB",))
    matcher = Matcher([of_source, in_english, british])

    found = {
        (source, language): list(texts(matcher, article("a strike", source=source, language=language)))
        for source in ("ap", "courier")
        for language in ("en-GB", "en", "de", None)
    }

    assert found["ap", "en-GB"] == ["british", "in-english", "of-source"]
    assert found["courier", "en"] == ["in-english"]
    assert found["ap", "de"] == found["ap", None] == ["of-source"]
    assert found["courier", "de"] == []


def test_lists_that_share_a_phrase_keep_their_own_rules_of_spelling() -> None:
    exact = watchlist("Müller", "exact")
    bare = watchlist("Müller", "bare", ignore_accents=True)
    loud = watchlist("MÜLLER", "loud", match_case=True)
    matcher = Matcher([exact, bare, loud])

    assert texts(matcher, article("Muller")) == {"bare": ["Muller"]}
    assert texts(matcher, article("Müller")) == {"exact": ["Müller"], "bare": ["Müller"]}


def test_a_place_is_told_once_however_often_a_query_asks_for_it() -> None:
    matcher = Matcher([watchlist("strike or (strike and not a1) or strike near/3 port")])

    assert texts(matcher, article("a strike in the port")) == {"list": ["strike", "port"]}


def test_no_lists_match_nothing() -> None:
    assert Matcher([]).match(article("strike")) == []


def test_the_version_changes_with_what_decides_and_with_nothing_else() -> None:
    before = watchlist("strike and port", languages=("en", "de"))

    assert (
        before.version
        == Watchlist("other", "Name", parse_query("strike  AND ( port )"), languages=("de", "EN")).version
    )
    changed = [
        watchlist("strike or port", languages=("en", "de")),
        watchlist("strike and port"),
        watchlist("strike and port", languages=("en", "de"), match_case=True),
        watchlist("strike and port*", languages=("en", "de")),
    ]
    assert len({before.version, *(one.version for one in changed)}) == 5


# -- against the slow way

WORDS = st.text("abAé", min_size=1, max_size=3)
PHRASES = st.builds(
    lambda words, joins, left, right: (
        f"{left}{words[0]}{''.join(map(''.join, zip(joins, words[1:], strict=False)))}{right}"
    ),
    st.lists(WORDS, min_size=1, max_size=3),
    st.lists(st.sampled_from([" ", "-", "’", ", "]), min_size=2, max_size=2),
    st.sampled_from(["", "", "*", "-"]),
    st.sampled_from(["", "", "*", "'"]),
).map(parse_phrase)
SIDES = st.lists(PHRASES, min_size=1, max_size=2).map(tuple)
TERMS: st.SearchStrategy[Term] = st.recursive(
    PHRASES | st.builds(Near, SIDES, SIDES, st.integers(0, 3)),
    lambda parts: (
        st.builds(AnyOf, st.lists(parts, min_size=1, max_size=3).map(tuple))
        | st.builds(AllOf, st.lists(parts, min_size=1, max_size=3).map(tuple))
        | st.builds(Not, parts)
    ),
    max_leaves=5,
).filter(asks_for_a_phrase)
NAMELESS = st.builds(
    Watchlist, st.just("?"), st.just("?"), TERMS, match_case=st.booleans(), ignore_accents=st.booleans()
)
LISTS = st.lists(NAMELESS, min_size=1, max_size=4).map(
    lambda lists: [replace(one, id=f"list-{number}") for number, one in enumerate(lists)]
)
TEXTS = st.text("aabbAé  \n'’-‑,_\u00a0", max_size=40)
ARTICLES = st.builds(Watched, st.none() | TEXTS, TEXTS, st.just("gazette"), st.none())


@given(lists=LISTS, watched=ARTICLES)
@settings(max_examples=100, deadline=None)
def test_all_lists_at_once_find_what_each_finds_alone_the_slow_way(lists: list[Watchlist], watched: Watched) -> None:
    found = {
        match.watchlist.id: {(place.field, place.start, place.end) for place in match.places}
        for match in Matcher(lists).match(watched)
    }

    slow = {one.id: slow_match(one, watched) for one in lists}
    assert found == {id: spots for id, spots in slow.items() if spots is not None}


@given(body=st.text(max_size=60), phrase=st.text(min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_any_text_that_holds_a_phrase_between_blanks_is_found(body: str, phrase: str) -> None:
    try:
        read = parse_phrase(phrase)
    except ValueError:
        return
    text = f"{body} {read.text} {body}"
    matcher = Matcher([Watchlist("list", "?", read)])

    starts = [place.start for match in matcher.match(article(text)) for place in match.places]

    assert any(len(body) < start <= len(body) + len(read.text) for start in starts)
