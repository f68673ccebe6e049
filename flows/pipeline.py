"""The way of an article: inbox, prepare, validate, deduplicate, land, publish.

This is the table of contents of the project; each hop is a function of `flows.stages`.
It runs the same with and without Prefect: whoever calls hands over the hops, as tasks or as they are.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from flows import alerts, events, releases, runs, stages
from flows.desk import Desk
from flows.errors import WrongUse
from flows.runs import Request, Summary
from flows.stages import Batch


class Hops(NamedTuple):
    """The stages of a batch, as somebody calls them."""

    prepare: Callable[[Desk, Batch], Awaitable[stages.Prepared]]
    validate: Callable[[Desk, stages.Prepared], Awaitable[stages.Validated]]
    deduplicate: Callable[[Desk, stages.Validated], Awaitable[stages.Decided]]
    land: Callable[..., Awaitable[stages.Landed]]
    publish: Callable[[Desk], Awaitable[None]]


AS_THEY_ARE = Hops(stages.prepare, stages.validate, stages.deduplicate, stages.land, stages.publish)


async def ingest(desk: Desk, request: Request, hops: Hops) -> Summary:
    """Take files from their inbox to SQL, batch by batch, and return what became of them.

    A batch is visible as a whole or not at all. A run that fails has landed the batches before; the next run takes
    the rest. Raises what a hop raises, after the run has been closed as failed.
    """
    try:
        files = await asyncio.to_thread(runs.find, desk, request)
    except WrongUse as error:
        events.tell_failure(desk.settings.data, error)
        raise
    if request.trigger == "schedule":
        await asyncio.to_thread(releases.ring_for_released, desk)
    if not files and request.only_new:
        await runs.catch_up(desk)
        return Summary()
    async with runs.running(desk, request, files) as run:
        waiting = deque(run.batches())
        while waiting:
            batch = run.number(waiting.popleft())
            with run.summary.timing("prepare"):
                desk.progress("prepare", run.summary.files, run.files)
                prepared = await hops.prepare(desk, batch)
            waiting.extendleft(reversed(prepared.later))
            with run.summary.timing("validate"):
                desk.progress("validate", run.summary.files, run.files)
                validated = await hops.validate(desk, prepared)
            async with desk.committer():
                with run.summary.timing("deduplicate"):
                    desk.progress("deduplicate", run.summary.files, run.files)
                    decided = await hops.deduplicate(desk, validated)
                with run.summary.timing("land"):
                    landed = await hops.land(desk, decided, ends_run=not waiting)
            with run.summary.timing("publish"):
                await hops.publish(desk)
            events.tell_landing(desk.settings.data, run.run_id, landed)
            await events.tell_kills(desk.settings.data, landed.withdrawals)
            alerts.ring(landed.alerts, run_id=run.run_id, snapshot=landed.snapshot)
            run.summary.add(landed)
            await runs.clear_inbox(desk, batch, landed)
            await runs.keep_house(desk)
    return run.summary
