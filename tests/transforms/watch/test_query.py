"""Queries: how they are read, and what is said of those that cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from format_cases import load_cases
from hypothesis import given
from hypothesis import strategies as st

from transforms.watch.query import QueryError, parse_phrase, parse_query
from transforms.watch.terms import AllOf, AnyOf, Near, Not, Phrase

CASES = load_cases(__file__, "queries")
A, B, C = (Phrase(text) for text in ("a1", "b1", "c1"))


@pytest.mark.parametrize("case", CASES, ids=[case["find"] for case in CASES])
def test_a_query_that_cannot_be_read_says_where_and_why(case: dict[str, Any]) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(case["find"])

    assert (caught.value.what, caught.value.at) == (case["what"], case["at"])
    assert caught.value.advice


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("a1 or b1 and c1", AnyOf((A, AllOf((B, C))))),
        ("(a1 or b1) and c1", AllOf((AnyOf((A, B)), C))),
        ("not a1 and b1", AllOf((Not(A), B))),
        ("a1 and b1 near/3 c1", AllOf((A, Near((B,), (C,), 3)))),
        ("a1 NEAR3 (b1 OR c1)", Near((A,), (B, C), 3)),
        ("not not a1", Not(Not(A))),
        ("\n  a1\n  or\n  b1\n", AnyOf((A, B))),
        ("„a1“ or «b1»", AnyOf((A, B))),
        ('"a1  b1*"', Phrase("a1 b1", open_right=True)),
    ],
)
def test_how_a_query_is_read(query: str, term: object) -> None:
    assert parse_query(query) == term


def test_brackets_without_end_are_refused_and_end_nothing() -> None:
    with pytest.raises(QueryError, match="too many brackets"):
        parse_query("(" * 10_000 + "a1" + ")" * 10_000)


def test_a_phrase_of_many_pages_is_refused() -> None:
    with pytest.raises(QueryError, match="longer than"):
        parse_phrase("word " * 1_000)


@given(st.text('ab"*() \nnearotd/5“”', max_size=30) | st.text(max_size=30))
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    at: int | None = 0
    try:
        parse_query(text)
    except QueryError as error:
        at = error.at

    assert at is None or 0 <= at <= len(text)
