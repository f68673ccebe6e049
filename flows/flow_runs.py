"""Flow runs from a command: a real Prefect flow run in this process, without a server started beforehand.

What is slow starts at once and side by side: Prefect's server, Great Expectations, the workers, Prefect itself.
"""

from __future__ import annotations

import asyncio

from flows.desk import Desk, Progress, at_hand
from flows.prefect_home import configure_prefect
from flows.prefect_server import join_server
from flows.runs import Request, Summary
from flows.settings import Settings


def ingest_as_flow(settings: Settings, request: Request, progress: Progress) -> Summary:
    """Take files to SQL as a flow run that Prefect's pages show; return what became of them.

    Raises what `flows.pipeline.ingest` raises, and RunFailed when no Prefect server answers.
    """
    configure_prefect(settings.data)
    with join_server(settings.data) as server:

        async def run() -> Summary:
            async with Desk(settings, progress=progress) as desk, at_hand(desk):
                desk.warm_up()
                progress("prefect", 0, 0)
                from flows.ingest import ingest

                await asyncio.to_thread(server.wait)
                return await ingest(
                    paths=[str(path) for path in request.paths],
                    data=str(settings.data),
                    config=None if settings.config is None else str(settings.config),
                    trigger=request.trigger,
                    only_new=request.only_new,
                    strict=request.strict,
                )

        return asyncio.run(run())
