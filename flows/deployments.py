"""The deployments: which flows run by themselves, and when. This is the one definition of schedules and triggers.

A deployment finds its data folder through its parameters, so that a run started in Prefect's pages does too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from prefect import Flow
from prefect.types.entrypoint import EntrypointType

from flows.ingest import ingest
from flows.settings import Settings
from flows.upkeep import compact, report, stories

TAG = "copydesk"


class Deployment(NamedTuple):
    """A flow and when it runs by itself: at a cron line in UTC, or every so many seconds."""

    name: str
    flow: Flow[..., Any]
    description: str
    cron: str | None = None
    interval_seconds: float | None = None


def plan(settings: Settings) -> tuple[Deployment, ...]:
    """Return the deployments that these settings ask for."""
    when = settings.schedules
    every = when.ingest_seconds
    return (
        Deployment(
            "ingest-sweep",
            ingest,
            "Take files whose arrival nobody saw",
            cron=when.ingest if every is None else None,
            interval_seconds=every,
        ),
        Deployment("report", report, "Build the data-quality report", cron=when.report),
        Deployment("stories", stories, "Tell the stories of the last weeks apart anew", cron=when.stories),
        Deployment("compact", compact, "Merge small files, remove those that nobody needs", cron=when.compact),
    )


async def register(settings: Settings) -> Mapping[UUID, Flow[..., Any]]:
    """Make the Prefect server know the deployments as these settings have them; return their flows by id.

    Entry points are module paths: by file path Prefect would load `flows/ingest.py` as a module `ingest` and put
    `flows/` in front of everything that can be imported.
    """
    parameters = {"data": str(settings.data), "config": None if settings.config is None else str(settings.config)}
    flows = {}
    for deployment in plan(settings):
        planned = await deployment.flow.ato_deployment(
            deployment.name,
            cron=deployment.cron,
            interval=deployment.interval_seconds,
            description=deployment.description,
            parameters=parameters,
            tags=[TAG],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        flows[await planned.aapply()] = deployment.flow
    return flows
