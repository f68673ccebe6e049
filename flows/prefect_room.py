"""The room that Prefect's database takes: when it is used up, the oldest flow runs go before their time.

Prefect's own retention counts days. A week of days with 28,800 runs each would be 6 GB, most of it about sweeps and
lone files; the table `runs` has them all.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.sorting import FlowRunSort

from flows.prefect_home import DATABASE_NAME

SHARE = 0.1
"""Of the time that the runs span, so much goes at once."""
YOUNGEST = timedelta(hours=1)
"""Runs that ended less than so long ago stay whatever happens."""


def used_bytes(home: Path) -> int:
    """Return how much of its file Prefect's database uses; 0 where it has none, as with a database elsewhere.

    The file itself never shrinks: what is free in it is used again.
    """
    path = home / DATABASE_NAME
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        size, count, free = (
            database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
        )
    return int(size * (count - free))


async def make_room(client: PrefectClient, *, now: datetime) -> int:
    """Delete the flow runs of the oldest tenth of the time that they span; return how many.

    Raises what the client raises. Prefect deletes 50 at a time, and their logs and artifacts some minutes later.
    """
    before = await _cutoff(client, now)
    deleted = 0
    while before is not None and (gone := await _delete_some(client, before)):
        deleted += gone
    return deleted


async def _cutoff(client: PrefectClient, now: datetime) -> datetime | None:
    ended = FlowRunFilter.model_validate({"end_time": {"before_": (now - YOUNGEST).isoformat()}})
    oldest = await client.read_flow_runs(flow_run_filter=ended, sort=FlowRunSort.START_TIME_ASC, limit=1)
    if not oldest or oldest[0].end_time is None:
        return None
    first = datetime.fromtimestamp(oldest[0].end_time.timestamp(), UTC)  # Prefect's own kind computes otherwise
    return min(first + max(SHARE * (now - first), timedelta(minutes=1)), now - YOUNGEST)


async def _delete_some(client: PrefectClient, before: datetime) -> int:
    """Return how many runs one request has deleted; the client has no method for it, and does not know the path."""
    path: Any = "/flow_runs/bulk_delete"
    wanted: dict[str, Any] = {"flow_runs": {"end_time": {"before_": before.isoformat()}}}
    answer: httpx.Response = await client.request("POST", path, json=wanted)
    return len(answer.json()["deleted"])
