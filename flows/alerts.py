"""Alerts: what watchlists ring for, once the articles can be read.

One for each list and batch. What may not be shown yet or any more rings for nobody: items under embargo, withheld or
canceled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from flows import events

if TYPE_CHECKING:
    from flows.stages import Landed

MATCHED = "copydesk.watchlist.matched"
RESOURCE = "copydesk.watchlist."
"""What the id of the event's resource begins with; the id of the list follows."""
ARTICLES_AT_MOST = 100
"""So many articles of one alert are named; all are counted."""
HEADLINE_CHARS = 300


class Alert(NamedTuple):
    """Articles of one batch that belong to a watchlist."""

    watchlist: str
    name: str
    version: str
    articles: int
    article_ids: Sequence[str]
    headlines: Sequence[str]
    """In the order of `article_ids`; empty where an article has none."""


def to_alerts(matches: pa.Table, articles: pa.Table, now: datetime) -> list[Alert]:
    """Return an alert for each watchlist among `matches`, in order of their ids."""
    if not matches.num_rows:
        return []
    columns = ["article_id", "headline", "embargoed_until", "pub_status"]
    shown = {row["article_id"]: row for row in articles.select(columns).to_pylist() if _may_be_shown(row, now)}
    by_list: dict[str, list[dict[str, Any]]] = {}
    for row in matches.select(["article_id", "watchlist", "watchlist_name", "watchlist_version"]).to_pylist():
        if row["article_id"] in shown:
            by_list.setdefault(row["watchlist"], []).append(row)
    return [_to_alert(rows, shown) for _, rows in sorted(by_list.items())]


def ring(landed: Landed, run_id: str) -> None:
    """Tell of the watchlists that a batch belongs to, once it can be read."""
    for alert in landed.alerts:
        facts = {
            "watchlist": alert.watchlist,
            "watchlist_name": alert.name,
            "watchlist_version": alert.version,
            "run_id": run_id,
            "snapshot": landed.snapshot,
            "articles": alert.articles,
            "article_ids": list(alert.article_ids),
            "headline": alert.headlines[0],
            "headlines": list(alert.headlines),
        }
        events.emit(MATCHED, RESOURCE + alert.watchlist, facts, name=alert.name)


def _may_be_shown(article: Mapping[str, Any], now: datetime) -> bool:
    """Return whether `current_articles` shows an article now, as far as the article itself decides."""
    embargo = article["embargoed_until"]
    is_free = embargo is None or embargo <= now.astimezone(UTC).replace(tzinfo=None)
    return is_free and article["pub_status"] not in ("withheld", "canceled")


def _to_alert(rows: Sequence[Mapping[str, Any]], articles: Mapping[str, Mapping[str, Any]]) -> Alert:
    first = rows[0]
    named = [row["article_id"] for row in rows[:ARTICLES_AT_MOST]]
    headlines = [(articles[one]["headline"] or "")[:HEADLINE_CHARS] for one in named]
    return Alert(first["watchlist"], first["watchlist_name"], first["watchlist_version"], len(rows), named, headlines)
