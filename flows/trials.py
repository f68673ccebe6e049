"""Trials: one watchlist over the articles that are there, to see what it would bring; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from transforms.watch.lists import Watched, Watchlist
from transforms.watch.matcher import Matcher
from transforms.watch.places import Place
from warehouse.watching import Told

CONTEXT_CHARS = 60
"""Characters before and after a hit that are shown with it."""
TOLD_EVERY = 200
"""Articles between two calls of `progress`."""


class Hit(NamedTuple):
    """A place of a phrase, with what stands around it."""

    place: Place
    before: str
    text: str
    after: str


class Finding(NamedTuple):
    """An article that belongs to the list."""

    article_id: str
    told_at: datetime
    source: str
    headline: str | None
    hits: Sequence[Hit]


class Trial(NamedTuple):
    """What a list found."""

    searched: int
    matched: int
    newest: Sequence[Finding]
    """The newest first, at most as many as were asked for."""


def try_out(
    watchlist: Watchlist, articles: Iterable[Told], *, limit: int | None, progress: Callable[[int], None]
) -> Trial:
    """Return what `watchlist` finds among `articles`; `progress` is told how many have been searched."""
    matcher = Matcher([watchlist])
    searched = matched = 0
    kept: list[Finding] = []
    for article in articles:
        searched += 1
        if searched % TOLD_EVERY == 0:
            progress(searched)
        watched = Watched(article.headline, article.body, article.source, article.language)
        for match in matcher.match(watched):
            matched += 1
            hits = [_to_hit(place, watched) for place in match.places]
            kept.append(Finding(article.article_id, article.told_at, article.source, article.headline, hits))
        if limit is not None and len(kept) > 2 * limit + TOLD_EVERY:
            kept = _newest(kept, limit)
    return Trial(searched, matched, _newest(kept, limit))


def _newest(findings: Iterable[Finding], limit: int | None) -> list[Finding]:
    by_id = sorted(findings, key=lambda one: one.article_id)
    return sorted(by_id, key=lambda one: one.told_at, reverse=True)[:limit]


def _to_hit(place: Place, watched: Watched) -> Hit:
    text = watched.text(place.field)
    first, last = max(0, place.start - CONTEXT_CHARS), place.end + CONTEXT_CHARS
    before, after = text[first : place.start], text[place.end : last]
    return Hit(
        place,
        f"{'…' if first else ''}{before}",
        text[place.start : place.end],
        f"{after}{'…' if last < len(text) else ''}",
    )
