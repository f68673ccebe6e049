"""The table `matches`: one row per article and watchlist that it belongs to."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from transforms.watch.lists import Watched
from transforms.watch.matcher import Match, Matcher
from warehouse import tables

MAX_SPANS = 100
"""Spans of one row; `hits` counts all places."""


def to_matches(articles: pa.Table, matcher: Matcher) -> pa.Table:
    """Return the rows of table `matches` for `articles`; order of articles kept, lists in order of their ids.

    Where `articles` have a `run_id` the rows have it too.
    """
    if not matcher.lists:
        return tables.MATCHES.empty()
    columns = ["article_id", "run_id", "headline", "body", "source", "language"]
    rows: list[dict[str, Any]] = []
    for article in articles.select(columns).to_pylist():
        watched = Watched(article["headline"], article["body"] or "", article["source"] or "", article["language"])
        ids = {name: article[name] for name in ("article_id", "run_id")}
        rows.extend({**ids, **_to_row(match, watched)} for match in matcher.match(watched))
    return tables.MATCHES.from_rows(rows)


def _to_row(match: Match, watched: Watched) -> dict[str, Any]:
    spans = [
        {
            "field": place.field,
            "phrase": place.phrase,
            "text": watched.text(place.field)[place.start : place.end],
            "start_char": place.start,
            "end_char": place.end,
        }
        for place in match.places[:MAX_SPANS]
    ]
    return {
        "watchlist": match.watchlist.id,
        "watchlist_name": match.watchlist.name,
        "watchlist_version": match.watchlist.version,
        "hits": len(match.places),
        "spans": spans,
    }
