"""What a warehouse needs now and then, as flows: the report, fewer and larger files, stories told apart anew,
repeated lines counted, and articles made anew."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from prefect import flow
from prefect.runtime import flow_run

from flows import settings
from flows.commands.moments import parse_since
from flows.desk import take_desk
from flows.lines import count_lines
from flows.report import write_report
from flows.reprocess import MEANT_BY_LINES, STALE
from flows.reprocess import reprocess as make_anew
from flows.settings import Settings
from flows.version import version
from transforms.deduplicate import cluster_anew
from warehouse import catalog, claims, compaction, landing, story_candidates, sweep
from warehouse.ledger import Ledger
from warehouse.report import read_figures
from warehouse.stale import Wanted


@flow(name="report", validate_parameters=False, persist_result=False)
async def report(data: str | None = None, config: str | None = None) -> str:
    """Build the data-quality report; return the path of its page.

    Args:
        data: Data folder; the deployment has that of the service.
        config: The copydesk.toml to read, if there is one.
    """
    return str(await asyncio.to_thread(_report, settings.load({"data": data}, config=config).data))


@flow(name="compact", validate_parameters=False, persist_result=False)
async def compact(data: str | None = None, config: str | None = None) -> dict[str, int]:
    """Merge small files and remove those that nobody needs; return how many files were merged, by table.

    Args:
        data: Data folder; the deployment has that of the service.
        config: The copydesk.toml to read, if there is one.
    """
    return await asyncio.to_thread(_compact, settings.load({"data": data}, config=config))


@flow(name="stories", validate_parameters=False, persist_result=False)
async def stories(data: str | None = None, config: str | None = None) -> int:
    """Tell the stories of the last weeks apart anew, as late articles are there now; return how many moved.

    Args:
        data: Data folder; the deployment has that of the service.
        config: The copydesk.toml to read, if there is one.
    """
    return await asyncio.to_thread(tell_anew, settings.load({"data": data}, config=config))


@flow(name="lines", validate_parameters=False, persist_result=False)
async def lines(data: str | None = None, config: str | None = None) -> dict[str, int]:
    """Count the lines that recur in a source's articles, and make anew the articles that a new line table means.

    Args:
        data: Data folder; the deployment has that of the service.
        config: The copydesk.toml to read, if there is one.
    """
    async with take_desk(settings.load({"data": data}, config=config)) as desk:
        counting = partial(count_lines, desk.settings, desk.ledger, now=desk.now())
        counted = await asyncio.to_thread(counting)
        wanted = MEANT_BY_LINES._replace(at_most=desk.settings.lines.reprocess_at_most)
        made = await make_anew(desk, wanted, flow_run_id=flow_run.get_id())
    return {"version": counted.version, "added": counted.added, "dropped": counted.dropped, "articles": made.articles}


@flow(name="reprocess", validate_parameters=False, persist_result=False)
async def reprocess(
    data: str | None = None,
    config: str | None = None,
    source: str | None = None,
    since: str | None = None,
    stale: bool = True,
) -> dict[str, int]:
    """Make articles anew from their documents, by today's rules and line table.

    Args:
        data: Data folder; the deployment has that of the service.
        config: The copydesk.toml to read, if there is one.
        source: Only articles of this source.
        since: Only articles that landed since then: a day (2024-05-01) or an age (7d).
        stale: Only articles that other rules made, or that the newest line table means.
    """
    wanted = (STALE if stale else Wanted())._replace(source=source, since=parse_since(since))
    async with take_desk(settings.load({"data": data}, config=config)) as desk:
        made = await make_anew(desk, wanted, flow_run_id=flow_run.get_id())
    return {"wanted": made.wanted, "articles": made.articles, "failed": sum(made.reasons.values()), "lost": made.lost}


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
            run = claims.begin_run(ledger, "schedule", now=now, version=version())
            try:
                end = landing.RunEnd()
                landing.land(ledger, landing.Landing(run.run_id, {"story_members": members}, end=end), now=now)
            finally:
                run.close()
        catalog.publish(settings.data, ledger.read_snapshot())
    finally:
        ledger.close()
    return members.num_rows


def _report(root: Path) -> Path:
    from flows.commands.opened import open_current

    with open_current(root) as current:
        return write_report(read_figures(current, datetime.now(UTC).replace(tzinfo=None)), root / "reports")


def _compact(settings: Settings) -> dict[str, int]:
    now = datetime.now(UTC)
    retention = timedelta(days=settings.snapshot_retention_days)
    grace = timedelta(seconds=settings.sweep_grace_seconds)
    ledger = Ledger(settings.data)
    try:
        compacted = compaction.compact(ledger, now=now)
        catalog.publish(settings.data, ledger.read_snapshot())
        sweep.sweep(ledger, now=now, retention=retention, grace=grace)
    finally:
        ledger.close()
    return dict(compacted.merged)
