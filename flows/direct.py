"""Runs without Prefect: the same stages, recorded in `runs`, without a flow run."""

from __future__ import annotations

import asyncio

from flows import pipeline
from flows.desk import Desk, Progress
from flows.runs import Request, Summary
from flows.settings import Settings


def ingest_directly(settings: Settings, request: Request, progress: Progress) -> Summary:
    """Take files to SQL in this process and its workers; return what became of them."""

    async def run() -> Summary:
        async with Desk(settings, progress=progress) as desk:
            desk.warm_up()
            return await pipeline.ingest(desk, request, pipeline.AS_THEY_ARE)

    return asyncio.run(run())
