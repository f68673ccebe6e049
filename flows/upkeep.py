"""What a warehouse needs now and then, as flows: the report, fewer and larger files, stories told apart anew."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect import flow

from flows import settings
from flows.report import write_report
from flows.settings import Settings
from flows.version import version
from transforms.deduplicate import cluster_anew
from warehouse import catalog, claims, compaction, landing, story_candidates, sweep
from warehouse.ledger import Ledger
from warehouse.report import read_figures


@flow(name="report", validate_parameters=False, persist_result=False)
async def report(data: str | None = None, config: str | None = None) -> str:
    """Build the data-quality report of `data`; return the path of its page."""
    return str(await asyncio.to_thread(_report, settings.load({"data": data}, config=config).data))


@flow(name="compact", validate_parameters=False, persist_result=False)
async def compact(data: str | None = None, config: str | None = None) -> dict[str, int]:
    """Merge small files and remove those that nobody needs; return how many files were merged, by table."""
    return await asyncio.to_thread(_compact, settings.load({"data": data}, config=config))


@flow(name="stories", validate_parameters=False, persist_result=False)
async def stories(data: str | None = None, config: str | None = None) -> int:
    """Tell the stories of the last weeks apart anew, as late articles are there now; return how many moved."""
    return await asyncio.to_thread(tell_anew, settings.load({"data": data}, config=config))


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
