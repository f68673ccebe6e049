"""Flow runs from a command: a real Prefect flow run in this process, without a server started beforehand.

What is slow starts at once and side by side: Prefect's server, Great Expectations, the workers, Prefect itself.
"""

from __future__ import annotations

import asyncio
from typing import Any

from flows import console, pipeline
from flows.desk import Desk, Progress, at_hand
from flows.errors import RunFailed
from flows.given_paths import to_text
from flows.prefect_home import configure_prefect
from flows.prefect_server import PrefectServer, join_server
from flows.runs import Request, Summary
from flows.settings import Settings


def ingest_as_flow(settings: Settings, request: Request, progress: Progress) -> Summary:
    """Take files to SQL as a flow run that Prefect's pages show; return what became of them.

    Where Prefect fails, the files are taken without a flow run, and the console says so. Raises what
    `flows.pipeline.ingest` raises.
    """
    configure_prefect(settings.data, retention_days=settings.prefect_retention_days)
    with join_server(settings.data) as server:
        return asyncio.run(_run(server, settings, request, progress))


def to_parameters(settings: Settings, request: Request) -> dict[str, Any]:
    """Return a request as the parameters of the flow, plain values that Prefect keeps and shows."""
    return {
        "paths": [to_text(path) for path in request.paths],
        "data": str(settings.data),
        "config": None if settings.config is None else str(settings.config),
        "trigger": request.trigger,
        "only_new": request.only_new,
        "strict": request.strict,
    }


async def _run(server: PrefectServer, settings: Settings, request: Request, progress: Progress) -> Summary:
    async with Desk(settings, progress=progress) as desk, at_hand(desk):
        desk.warm_up()
        progress("prefect", 0, 0)
        from flows.prefect_client import drain

        try:
            await asyncio.to_thread(server.wait)
            return await run_at(desk, request)
        except RunFailed as error:
            if error.where != server.address.url:
                raise
            console.say(f"Prefect's server is not there ({error.why}); the files are taken without it")
            return await pipeline.ingest(desk, request, pipeline.AS_THEY_ARE)
        finally:
            await drain()


async def run_at(desk: Desk, request: Request) -> Summary:
    """Return what a flow run at `desk` came to; a fault of Prefect costs the flow run, never the files."""
    from flows.ingest import ingest
    from flows.prefect_client import FAULTS, is_fault_of_prefect

    desk.finished = None
    try:
        summary: Summary = await ingest(**to_parameters(desk.settings, request))
        return summary
    except FAULTS as error:
        if not is_fault_of_prefect(error, ingest.fn):
            raise
        why = str(error) or type(error).__name__
    if desk.finished is not None:
        console.say(f"the files have landed, but Prefect did not record the end of the run: {why}")
        return desk.finished
    console.say(f"Prefect failed ({why}); the files are taken without a flow run")
    return await pipeline.ingest(desk, request, pipeline.AS_THEY_ARE)
