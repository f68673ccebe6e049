"""What a warehouse needs now and then, as flows: the report for people, and fewer and larger files."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect import flow

from flows import settings
from flows.report import write_report
from flows.settings import Settings
from warehouse import catalog, compaction, sweep
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
