"""The table `matches`: its rows follow from the article and the lists alone."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.watch.lists import Watchlist
from transforms.watch.matcher import Matcher
from transforms.watch.matches import MAX_SPANS, to_matches
from transforms.watch.query import parse_query
from warehouse import tables

MATCHER = Matcher(
    [
        Watchlist("harbours", "Harbours", parse_query("port or harbour*")),
        Watchlist("strikes", "Strikes", parse_query("strike near/3 (port or harbour)")),
    ]
)


def articles(*texts: tuple[str | None, str]) -> pa.Table:
    rows = [
        {"article_id": f"{number}", "headline": headline, "body": body, "source": "gazette", "language": "en"}
        for number, (headline, body) in enumerate(texts)
    ]
    return tables.ARTICLES.from_rows(rows)


def rows(table: pa.Table) -> list[dict[str, Any]]:
    return list(tables.MATCHES.checked(table).to_pylist())


def test_a_row_for_each_article_and_list_with_its_places() -> None:
    given_articles = articles(("Harbourmaster resigns", "A strike at the port."), (None, "Nothing."))

    first, second = rows(to_matches(given_articles, MATCHER))

    assert (first["article_id"], first["watchlist"], first["watchlist_name"]) == ("0", "harbours", "Harbours")
    assert first["watchlist_version"] == MATCHER.lists[0].version
    assert first["hits"] == 2
    assert first["spans"] == [
        {"field": "headline", "phrase": "harbour*", "text": "Harbourmaster", "start_char": 0, "end_char": 13},
        {"field": "body", "phrase": "port", "text": "port", "start_char": 16, "end_char": 20},
    ]
    assert (second["watchlist"], [span["text"] for span in second["spans"]]) == ("strikes", ["strike", "port"])


def test_of_very_many_places_the_first_are_kept_and_all_counted() -> None:
    (row,) = rows(to_matches(articles((None, "port, " * 1_000)), MATCHER))

    assert (row["hits"], len(row["spans"])) == (1_000, MAX_SPANS)
    assert row["spans"][-1]["start_char"] == 6 * (MAX_SPANS - 1)


def test_without_lists_there_are_no_rows() -> None:
    assert to_matches(articles((None, "port")), Matcher([])).num_rows == 0


TEXTS = st.lists(st.sampled_from(["port", "harbour", "strike", "the", "a\n\nb"]), max_size=8).map(" ".join)


@given(
    texts=st.lists(st.tuples(st.none() | TEXTS, TEXTS), max_size=6),
    order=st.randoms(use_true_random=False),
    cut=st.integers(0, 6),
)
@settings(max_examples=50, deadline=None)
def test_rows_do_not_depend_on_batch_or_order(texts: list[tuple[str | None, str]], order: Any, cut: int) -> None:
    whole = articles(*texts)
    numbers = list(range(whole.num_rows))
    order.shuffle(numbers)
    shuffled = whole.take(pa.array(numbers, pa.int64()))

    parts = pa.concat_tables([to_matches(part, MATCHER) for part in (shuffled.slice(0, cut), shuffled.slice(cut))])

    key = [("article_id", "ascending"), ("watchlist", "ascending")]
    assert parts.sort_by(key).to_pylist() == to_matches(whole, MATCHER).sort_by(key).to_pylist()


@given(texts=st.lists(st.tuples(st.none() | TEXTS, TEXTS), max_size=4))
@settings(max_examples=50, deadline=None)
def test_spans_point_at_their_text(texts: list[tuple[str | None, str]]) -> None:
    of_article = {str(number): {"headline": head, "body": body} for number, (head, body) in enumerate(texts)}

    for row in rows(to_matches(articles(*texts), MATCHER)):
        for span in row["spans"]:
            text = of_article[row["article_id"]][span["field"]]
            assert text is not None
            assert text[span["start_char"] : span["end_char"]] == span["text"]
