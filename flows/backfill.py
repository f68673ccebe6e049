"""Backfill: watchlists that are new or changed, over the articles that landed before them.

Rows land as if the list had been there when the article came; nobody is alerted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from flows.errors import RunFailed
from flows.version import version
from transforms.watch.lists import Watchlist
from transforms.watch.matcher import Matcher
from transforms.watch.matches import to_matches
from warehouse import catalog, landing, paths, query, watching
from warehouse.ledger import Ledger
from warehouse.locks import try_acquire

PART_ROWS = 1_000
"""Articles that are matched at once."""
COMMIT_ROWS = 50_000
"""Matches that wait in memory before they land."""
LOCK = "watchlists.lock"


def backfill(root: Path, lists: Sequence[Watchlist], *, progress: Callable[[int], None]) -> int:
    """Land the matches of `lists` that articles lack; return how many.

    Articles that land meanwhile are matched as they land. Raises RunFailed when another backfill is under way. One
    that is stopped has landed its commits so far, and does the rest when it is called again.
    """
    lock = try_acquire(paths.lock(root, LOCK))
    if lock is None:
        raise RunFailed(
            "another backfill is under way", str(root), "two would land the same rows", "wait until it has ended"
        )
    ledger = Ledger(root)
    try:
        return _land(ledger, _missing(root, Matcher(lists), progress))
    finally:
        ledger.close()
        lock.release()


def _missing(root: Path, matcher: Matcher, progress: Callable[[int], None]) -> Iterator[pa.Table]:
    """Yield, part by part, the matches that are not in the warehouse."""
    with query.connect(root) as connection:
        known = watching.known_matches(connection)
        searched = 0
        for articles in watching.parts(connection, PART_ROWS):
            matches = to_matches(articles, matcher)
            keys = matches.select(["article_id", "watchlist", "watchlist_version"]).to_pylist()
            yield matches.filter(pa.array([tuple(key.values()) not in known for key in keys], pa.bool_()))
            searched += articles.num_rows
            progress(searched)


def _land(ledger: Ledger, parts: Iterator[pa.Table]) -> int:
    landed = 0
    waiting: list[pa.Table] = []
    for part in parts:
        waiting.append(part)
        if sum(one.num_rows for one in waiting) >= COMMIT_ROWS:
            landed += _commit(ledger, pa.concat_tables(waiting))
            waiting = []
    return landed + (_commit(ledger, pa.concat_tables(waiting)) if waiting else 0)


def _commit(ledger: Ledger, matches: pa.Table) -> int:
    """Land matches in a run of their own; their rows belong to the runs of their articles."""
    if not matches.num_rows:
        return 0
    now = datetime.now(UTC)
    with landing.committer(ledger):
        landing.land_in_own_run(ledger, "reprocess", {"matches": matches}, now=now, version=version())
    catalog.publish(ledger.root, ledger.read_snapshot())
    return matches.num_rows
