"""What watchlists ask of the warehouse: its articles one after the other, and what has been matched before.

Imports duckdb alone; only `parts` gives Arrow tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from warehouse.holdings import Row, rows_of

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 500
"""Articles that are in memory at once."""
_TOLD_AT = "coalesce(published_at, published_on::TIMESTAMP, landed_at)"

_RELEASED = """
SELECT article_id, watchlist, watchlist_name, watchlist_version, headline
FROM watchlist_hits
WHERE article_id IN (
    SELECT article_id FROM articles WHERE embargoed_until > $1 AND embargoed_until <= $2 AND landed_at < embargoed_until
)
ORDER BY watchlist, article_id
"""


class Told(NamedTuple):
    """A current article, as far as a watchlist looks at it."""

    article_id: str
    headline: str | None
    body: str
    source: str
    language: str | None
    told_at: datetime
    """When it was published; when it landed, where that is not known. Naive UTC."""


def count_told(catalog: duckdb.DuckDBPyConnection, since: datetime | None) -> int:
    """Return how many articles `told` gives."""
    query = f"SELECT count(*) AS articles FROM current_articles WHERE $since IS NULL OR {_TOLD_AT} >= $since"
    return int(rows_of(catalog, query, {"since": since})[0]["articles"])


def told(catalog: duckdb.DuckDBPyConnection, since: datetime | None) -> Iterator[Told]:
    """Yield the current articles told since `since`, all when it is None, in no order."""
    result = catalog.execute(
        f"SELECT article_id, headline, body, source, language, {_TOLD_AT} FROM current_articles "
        f"WHERE $since IS NULL OR {_TOLD_AT} >= $since",
        {"since": since},
    )
    while rows := result.fetchmany(ROWS):
        yield from (Told(*row) for row in rows)


def parts(catalog: duckdb.DuckDBPyConnection, rows: int) -> Iterator[pa.Table]:
    """Yield all articles, copies and earlier versions too, in parts of `rows`, as arrivals are shown to watchlists."""
    import pyarrow as pa

    articles = catalog.sql("SELECT article_id, run_id, headline, body, source, language FROM articles")
    for batch in articles.to_arrow_reader(rows):
        yield pa.Table.from_batches([batch])


class Match(NamedTuple):
    """An article that belongs to a watchlist; names as in the view `watchlist_hits`."""

    article_id: str
    watchlist: str
    watchlist_name: str
    watchlist_version: str
    headline: str | None


def released(catalog: duckdb.DuckDBPyConnection, since: datetime, until: datetime) -> list[Match]:
    """Return the matches of articles that landed under an embargo which ended after `since` and by `until`."""
    between = [moment.astimezone(UTC).replace(tzinfo=None) for moment in (since, until)]
    return [Match(*row) for row in catalog.execute(_RELEASED, between).fetchall()]


def known_matches(catalog: duckdb.DuckDBPyConnection) -> set[tuple[str, str, str]]:
    """Return (article_id, watchlist, watchlist_version) of every match."""
    return set(catalog.execute("SELECT article_id, watchlist, watchlist_version FROM matches").fetchall())


def hits_by_list(catalog: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return one row per watchlist and version that matched: its name, its articles, and when it matched last."""
    return rows_of(
        catalog,
        "SELECT watchlist, watchlist_version, any_value(watchlist_name) AS name, count(*) AS articles, "
        "max(matched_at) AS last_matched_at FROM watchlist_hits GROUP BY ALL ORDER BY watchlist, last_matched_at DESC",
    )
