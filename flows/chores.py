"""What a warehouse needs now and then: the report, fewer and larger files, stories told apart anew, repeated lines
counted, and articles made anew. `flows.upkeep` makes each a Prefect flow."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from flows.desk import Desk
from flows.housekeeping import tidy
from flows.lines import count_lines
from flows.report import write_report
from flows.reprocess import MEANT_BY_LINES
from flows.reprocess import reprocess as make_anew
from flows.settings import Settings
from flows.version import version
from transforms.deduplicate import cluster_anew
from warehouse import catalog, landing, story_candidates
from warehouse.ledger import Ledger
from warehouse.report import read_figures


def report(settings: Settings) -> Path:
    """Build the data-quality report; return its page."""
    from flows.commands.opened import open_current

    root = settings.data
    with open_current(root) as current:
        return write_report(read_figures(current, datetime.now(UTC).replace(tzinfo=None)), root / "reports")


def compact(settings: Settings) -> dict[str, int]:
    """Merge small files and remove those that nobody needs; return how many files were merged, by table."""
    with closing(Ledger(settings.data)) as ledger:
        return dict(tidy(ledger, settings, now=datetime.now(UTC)).compacted.merged)


async def lines(desk: Desk, *, flow_run_id: str | None = None) -> Mapping[str, int]:
    """Count the lines that recur in a source's articles, and make anew the articles that a new line table means."""
    counted = await asyncio.to_thread(partial(count_lines, desk.settings, desk.ledger, now=desk.now()))
    wanted = MEANT_BY_LINES._replace(at_most=desk.settings.lines.reprocess_at_most)
    made = await make_anew(desk, wanted, flow_run_id=flow_run_id)
    return {"version": counted.version, "added": counted.added, "dropped": counted.dropped, "articles": made.articles}


def tell_anew(settings: Settings) -> int:
    """Land what changes when the stories of the last weeks are told apart anew; return how many articles moved."""
    now = datetime.now(UTC)
    ledger = Ledger(settings.data)
    try:
        with landing.committer(ledger):
            with ledger.reading() as connection:
                told = story_candidates.newest(connection, timedelta(days=settings.story_days))
            members = cluster_anew(told)
            if not members.num_rows:
                return 0
            landing.land_in_own_run(ledger, "schedule", {"story_members": members}, now=now, version=version())
        catalog.publish(settings.data, ledger.read_snapshot())
    finally:
        ledger.close()
    return members.num_rows
