"""Housekeeping: fewer and larger files, the catalog that names them, and nothing left that nobody needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from flows.settings import Settings
from warehouse import catalog, compaction, sweep
from warehouse.compaction import Compacted
from warehouse.ledger import Ledger
from warehouse.sweep import Swept


class Tidied(NamedTuple):
    """What was tidied up."""

    compacted: Compacted
    swept: Swept


def tidy(ledger: Ledger, settings: Settings, *, now: datetime, above: int = 1) -> Tidied:
    """Compact the tables that have more than `above` small files, publish that, and sweep as `settings` say.

    Raises RowsLost as `compaction.compact` does.
    """
    compacted = compaction.compact(ledger, now=now, above=above)
    catalog.publish(ledger.root, ledger.read_snapshot())
    retention = timedelta(days=settings.snapshot_retention_days)
    grace = timedelta(seconds=settings.sweep_grace_seconds)
    return Tidied(compacted, sweep.sweep(ledger, now=now, retention=retention, grace=grace))
