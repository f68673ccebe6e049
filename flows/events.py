"""Events: what happens at the desk, told to Prefect's server, so that reports and users' automations can act on it.

An event is word of something that has happened, never the record of it: the warehouse has that. Who acts on one asks
the warehouse what is new.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flows.prefect_home import API_URL
from warehouse import tables
from warehouse.withdrawn import killed_by

if TYPE_CHECKING:
    from flows.stages import Landed

LANDED = "copydesk.articles.landed"
FAILED = "copydesk.run.failed"
KILLED = "copydesk.article.killed"
REPROCESSED = "copydesk.articles.reprocessed"
OFFERED = "copydesk.files.offered"
"""The one that others emit: its payload names files in `paths`, and an ingest run takes them."""
TEXT_CHARS = 2_000
"""Longer texts in a payload are cut: Prefect refuses events of more than 1.5 MB."""
ROLE = "prefect.resource.role"
SOURCES_AT_MOST = 100
KILLED_AT_MOST = 100
"""So many killed articles of one commit have an event of their own."""


def emit(
    event: str, resource: str, payload: Mapping[str, Any], *, name: str | None = None, data: Path | None = None
) -> None:
    """Tell Prefect's server that `event` happened to `resource`; call it after the commit that made it so.

    `event` is a name such as `copydesk.watchlist.matched`. `resource` is the id of what it happened to, such as
    `warehouse_id(data)` or `copydesk.watchlist.floods`, `name` what people call it; automations match the id, also by
    its beginning (`copydesk.watchlist.*`). `payload` is what may go into JSON; its texts are cut at TEXT_CHARS. The
    warehouse of `data` is a related resource; inside a flow run Prefect adds the run, its flow and its deployment.

    Takes 0.2 ms and waits for nobody: the event is queued, and a thread of Prefect's sends it. It raises nothing, and
    does nothing where no server is known or Prefect was not imported (`--direct`). An event is lost when the process
    is killed before it was sent, or when the server is away for so long that 10,000 are waiting.
    """
    if not os.environ.get(API_URL) or "prefect" not in sys.modules:
        return
    from prefect.events import emit_event
    from prefect.exceptions import EventTooLarge

    facts = _to_resource(resource, name)
    related = [] if data is None else [_to_resource(warehouse_id(data), str(data)) | {ROLE: "warehouse"}]
    try:
        emit_event(event, facts, related=related, payload={key: _shortened(value) for key, value in payload.items()})
    except EventTooLarge:
        emit_event(event, facts, related=related, payload={"left_out": "the event would be too large for Prefect"})


def warehouse_id(data: Path) -> str:
    """Return the id by which events name the warehouse of a data folder."""
    return f"copydesk.warehouse.{quote(str(data.absolute()))}"


def tell_landing(data: Path, run_id: str, landed: Landed) -> None:
    """Tell of a batch that can be read now: its articles, and those that it took out of the analyst views."""
    files = landed.files
    counts = {name: sum(tables.values(files, name)) for name in ("documents", "articles", "repeats", "quarantined")}
    if not counts["articles"]:
        return
    by_source: dict[str, int] = {}
    for source, articles in zip(tables.values(files, "source"), tables.values(files, "articles"), strict=True):
        by_source[source] = by_source.get(source, 0) + articles
    most = sorted((-articles, source) for source, articles in by_source.items() if articles)[:SOURCES_AT_MOST]
    facts = {
        "run_id": run_id,
        "snapshot": landed.snapshot,
        "files": files.num_rows,
        **counts,
        "copies": landed.copies,
        "sources": {source: -articles for articles, source in most},
    }
    emit(LANDED, warehouse_id(data), facts, name=str(data))


def tell_failure(data: Path, error: BaseException | str, run_id: str | None = None) -> None:
    """Tell of a run that failed; `run_id` is None when it failed before it had begun."""
    why = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    emit(FAILED, warehouse_id(data), {"run_id": run_id, "error": why}, name=str(data))


async def tell_kills(data: Path, orders: Collection[str]) -> None:
    """Tell of each article that these orders took out of the analyst views, once that can be seen there.

    Those that arrive later are never shown, and nothing is told of them.
    """
    if not orders:
        return
    for killed in await asyncio.to_thread(partial(killed_by, data, orders, most=KILLED_AT_MOST)):
        emit(KILLED, f"copydesk.article.{killed.article_id}", killed._asdict(), name=killed.headline, data=data)


def _to_resource(resource: str, name: str | None) -> dict[str, str]:
    return {"prefect.resource.id": resource} | ({"prefect.resource.name": name[:TEXT_CHARS]} if name else {})


def _shortened(value: Any) -> Any:
    return value[:TEXT_CHARS] if isinstance(value, str) else value
