"""The timetable: scheduled flow runs that are due, carried out in this process.

Prefect's own Runner starts a process for each run, which imports Prefect and Great Expectations and starts workers
of its own: ten seconds of processor time and 400 MB every five minutes, to find that nothing is new. It also kills
its runs when the service ends, and leaves them running when it is killed. Here a sweep is a call like an arrival's,
in the same warm process, after the one before it; a chore is one beside the arrivals.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas import OrchestrationResult
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.flow_engine import run_flow
from prefect.states import Cancelled, Crashed, Pending

from flows.ingest import ingest
from flows.office import Runner


async def run_due(client: PrefectClient, flows: Mapping[UUID, Flow[..., Any]], runner: Runner) -> None:
    """Carry out the runs of these deployments that are due: of those with the same parameters the newest.

    One makes up for the others, which were missed while the service was away or at work: these are cancelled with a
    word. Runs over files that were offered have parameters of their own, and none makes up for another.
    """
    due = await client.get_scheduled_flow_runs_for_deployments(list(flows), scheduled_before=datetime.now(UTC))
    newest: dict[tuple[UUID | None, str], FlowRun] = {}
    for run in sorted(due, key=lambda run: run.expected_start_time or datetime.min.replace(tzinfo=UTC)):
        alike = run.deployment_id, json.dumps(run.parameters, sort_keys=True, default=str)
        missed = newest.pop(alike, None)
        if missed is not None:
            await client.set_flow_run_state(missed.id, Cancelled(message="Missed; a later run makes up for it."))
        newest[alike] = run
    for run in newest.values():
        flow = None if run.deployment_id is None else flows[run.deployment_id]
        if flow is None or (flow is not ingest and runner.has_chore):
            continue
        if (ready := await _made_ready(client, run)) is None:
            continue
        if flow is ingest:
            await runner.run_one(_carry_out(flow, ready))
        else:
            runner.run_beside(_carry_out(flow, ready))


async def close_stale(client: PrefectClient, *, before: datetime) -> int:
    """Mark runs as crashed that began before `before` and never ended, as their process is gone; return how many.

    For a server that only this service uses: nobody else ends the runs of a process that was killed.
    """
    stale = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate(
            {
                "state": {"type": {"any_": [StateType.RUNNING, StateType.PENDING]}},
                "expected_start_time": {"before_": before.isoformat()},
            }
        )
    )
    for run in stale:
        message = "Its process ended without a word; the ledger has the files, and the next run takes the rest."
        await client.set_flow_run_state(run.id, Crashed(message=message), force=True)
    return len(stale)


async def _made_ready(client: PrefectClient, run: FlowRun) -> FlowRun | None:
    """Return a scheduled run that is due no more; None when Prefect does not let it run now, and it is due again."""
    answer: OrchestrationResult[Any] = await client.set_flow_run_state(run.id, Pending())
    if answer.state is None or answer.state.type is not StateType.PENDING:
        return None
    return run.model_copy(update={"state": answer.state})


async def _carry_out(flow: Flow[..., Any], run: FlowRun) -> Any:
    """Return what the flow came to, as the scheduled run it is; raises what the flow raises."""
    result = run_flow(flow, flow_run=run)
    return await result if asyncio.iscoroutine(result) else result
