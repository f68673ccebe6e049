"""The deployments: which flows run by themselves, and when. This is the one definition of schedules and triggers.

A deployment finds its data folder through its parameters, so that a run started in Prefect's pages does too.
The service carries out one ingest at a time, and one chore beside it (flows/timetable.py). Prefect's own limit is not
used: it lends a slot and ends a run that can't renew the loan, so that a server which dies would take the run with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from prefect import Flow
from prefect.events import DeploymentEventTrigger
from prefect.types.entrypoint import EntrypointType

from flows import events
from flows.ingest import ingest
from flows.settings import Settings
from flows.upkeep import compact, lines, report, reprocess, stories

TAG = "copydesk"


class Deployment(NamedTuple):
    """A flow and when it runs by itself: at a cron line in UTC, every so many seconds, or when an event is told."""

    name: str
    flow: Flow[..., Any]
    description: str
    cron: str | None = None
    interval_seconds: float | None = None
    trigger: DeploymentEventTrigger | None = None


def plan(settings: Settings) -> tuple[Deployment, ...]:
    """Return the deployments that these settings ask for."""
    when = settings.schedules
    every = when.ingest_seconds
    return (
        Deployment(
            "ingest-sweep",
            ingest,
            "Takes files from the inbox whose arrival nobody saw.",
            cron=when.ingest if every is None else None,
            interval_seconds=every,
        ),
        Deployment(
            "ingest-offered",
            ingest,
            f"Takes the files that others offer: who emits `{events.OFFERED}` names them in the payload, as `paths`. "
            "One run at a time.",
            trigger=_on_offer(),
        ),
        Deployment(
            "report",
            report,
            "Builds the data-quality report: every day, and some minutes after articles have landed.",
            cron=when.report,
            trigger=_after_landing(settings),
        ),
        Deployment(
            "lines",
            lines,
            "Counts the lines that recur in a source's articles, and makes anew those that a new line table means.",
            cron=when.lines,
        ),
        Deployment("reprocess", reprocess, "Makes stale articles anew from their documents; started by hand."),
        Deployment("stories", stories, "Tells the stories of the last weeks apart anew.", cron=when.stories),
        Deployment("compact", compact, "Merges small files, and removes those that nobody needs.", cron=when.compact),
    )


def _on_offer() -> DeploymentEventTrigger:
    """Return what starts a run over the files that an event names; an event without any starts a sweep."""
    paths = {"__prefect_kind": "jinja", "template": "{{ event.payload.paths | default(none) | tojson }}"}
    return DeploymentEventTrigger(
        name="Ingest files that are offered",
        description=f"An event {events.OFFERED} starts an ingest run over the files that its payload names.",
        expect={events.OFFERED},
        parameters={
            "paths": {"__prefect_kind": "json", "value": paths},
            "trigger": "event",
        },
    )


def _after_landing(settings: Settings) -> DeploymentEventTrigger | None:
    """Return what starts a report when articles have landed; None when the settings want none.

    The first landing starts it, and the run waits as long as further ones start none: so it reports them too, and a
    busy day has no more reports than fit into it.
    """
    seconds = settings.schedules.report_after_seconds
    if seconds is None:
        return None
    return DeploymentEventTrigger(
        name="Report after articles have landed",
        description=f"An event {events.LANDED} starts a report {seconds:g} s later; those until then start no other.",
        expect={events.LANDED},
        match={"prefect.resource.id": events.warehouse_id(settings.data)},
        within=timedelta(seconds=seconds),
        schedule_after=timedelta(seconds=seconds),
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
            triggers=[] if deployment.trigger is None else [deployment.trigger],
            description=deployment.description,
            parameters=parameters,
            tags=[TAG],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        flows[await planned.aapply()] = deployment.flow
    return flows
