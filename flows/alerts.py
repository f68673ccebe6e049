"""Alerts: what watchlists ring for, once the articles can be read.

One for each list and batch. What may not be shown yet or any more rings for nobody: items under embargo, which ring at
the first sweep after it (`flows.releases`), withheld or canceled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pyarrow as pa

from flows import events
from warehouse.watching import Match

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
    rows = articles.select(columns).to_pylist()
    shown = {row["article_id"]: row["headline"] for row in rows if _may_be_shown(row, now)}
    return group(
        Match(**row, headline=shown[row["article_id"]])
        for row in matches.select(["article_id", "watchlist", "watchlist_name", "watchlist_version"]).to_pylist()
        if row["article_id"] in shown
    )


def group(matches: Iterable[Match]) -> list[Alert]:
    """Return an alert for each watchlist among matches of articles that may be shown, in order of their ids."""
    by_list: dict[str, list[Match]] = {}
    for match in matches:
        by_list.setdefault(match.watchlist, []).append(match)
    return [_to_alert(by_list[watchlist]) for watchlist in sorted(by_list)]


def ring(alerts: Iterable[Alert], *, run_id: str | None, snapshot: int) -> None:
    """Tell of watchlists whose articles can be read from this snapshot on; `run_id` is the run that landed them."""
    for alert in alerts:
        facts = {
            "watchlist": alert.watchlist,
            "watchlist_name": alert.name,
            "watchlist_version": alert.version,
            "run_id": run_id,
            "snapshot": snapshot,
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


def _to_alert(matches: Sequence[Match]) -> Alert:
    first, named = matches[0], matches[:ARTICLES_AT_MOST]
    headlines = [(match.headline or "")[:HEADLINE_CHARS] for match in named]
    ids = [match.article_id for match in named]
    return Alert(first.watchlist, first.watchlist_name, first.watchlist_version, len(matches), ids, headlines)
