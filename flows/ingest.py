"""The ingest flow: the way of `flows.pipeline`, each hop a Prefect task.

Prefect owns schedules, history and what users see of a run; what has been taken and what has landed the ledger knows.
One task per hop and batch, never per article; nothing is cached or kept by Prefect.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.utilities.annotations import quote

from flows import pipeline, settings
from flows.desk import take_desk
from flows.given_paths import to_path
from flows.inbox import inbox_folders
from flows.pipeline import AS_THEY_ARE, Hops
from flows.runs import Request, Summary
from warehouse.claims import Trigger

NOWHERE = Path("results-are-not-kept")
"""Without a place for results, Prefect makes a client of its own for each flow run, to ask its server for one."""
Stage = Callable[..., Awaitable[Any]]


def _as_task(stage: Stage) -> Stage:
    """Return a stage that shows as a task; its tables go past Prefect, which would walk through them."""
    hop = task(name=stage.__name__, cache_policy=NO_CACHE, persist_result=False)(stage)

    async def run(*arguments: object, **options: bool) -> Any:
        return await hop(*map(quote, arguments), **options)

    return run


HOPS = Hops(*(_as_task(stage) for stage in AS_THEY_ARE))


@flow(name="ingest", validate_parameters=False, persist_result=False, result_storage=NOWHERE)
async def ingest(
    paths: list[str] | None = None,
    data: str | None = None,
    config: str | None = None,
    trigger: Trigger = "schedule",
    only_new: bool = True,
    strict: bool = False,
) -> Summary:
    """Take files to SQL.

    Args:
        paths: Files and folders to take, as paths or file:// addresses; without any, the inbox.
        data: Data folder; the deployment has that of the service.
        config: The copydesk.toml to read, if there is one.
        trigger: What the table `runs` says of why the run was begun.
        only_new: Leave files alone that are as when they last arrived.
        strict: End the run at an unexpected exception, instead of quarantining its document.
    """
    async with take_desk(settings.load({"data": data}, config=config)) as desk:
        request = Request(
            [to_path(path) for path in paths or ()] or inbox_folders(desk.settings.inbox),
            trigger,
            strict=strict,
            only_new=only_new,
            flow_run_id=flow_run.get_id(),
        )
        desk.finished = summary = await pipeline.ingest(desk, request, HOPS)
        if summary.run_id is not None:
            await acreate_markdown_artifact(
                _to_markdown(summary), key="receipt", description="What became of the files"
            )
        return summary


def _to_markdown(summary: Summary) -> str:
    """Return the counts of a run as a table; they are numbers and our own words, nothing of an article."""
    counts = {"files": summary.files, **summary.counts, **summary.reasons}
    rows = "\n".join(f"| {name} | {number} |" for name, number in counts.items())
    return f"Run `{summary.run_id}`, snapshot {summary.snapshot}\n\n| what | how many |\n|---|---:|\n{rows}\n"
