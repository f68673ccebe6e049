"""Runs and their claims: which run is working on which file, and whether it still lives.

A claim is void when its lease is over, or at once when the process that held it on this host is dead:
a living run holds a file lock, which the kernel drops with the process.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import OperationalError

from warehouse import ledger_schema as schema
from warehouse import paths
from warehouse.ledger import LeaseLost, Ledger, LedgerBusy
from warehouse.locks import HeldLock, acquire, is_held
from warehouse.moments import to_text
from warehouse.seen import among

Trigger = Literal["event", "schedule", "manual", "replay", "reprocess"]
CRASHED = "the process ended before the run did"


class Run:
    """A run of this process: it holds its lock until it is closed or the process dies."""

    def __init__(self, run_id: str, lock: HeldLock) -> None:
        self.run_id = run_id
        self._lock = lock

    def close(self) -> None:
        """Give the run's lock back and remove it."""
        self._lock.path.unlink(missing_ok=True)
        self._lock.release()


def begin_run(ledger: Ledger, trigger: Trigger, *, now: datetime, version: str, flow_run_id: str | None = None) -> Run:
    """Open a run: its row has status `running` and its lock is held."""
    run_id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(6)}"
    lock = acquire(paths.run_lock(ledger.root, run_id))
    with ledger.writing() as connection:
        connection.execute(
            insert(schema.runs).values(
                run_id=run_id,
                flow_run_id=flow_run_id,
                trigger=trigger,
                status="running",
                started_at=to_text(now),
                version=version,
                host=socket.gethostname(),
                landed=False,
            )
        )
    return Run(run_id, lock)


def fail_run(ledger: Ledger, run_id: str, error: str, *, now: datetime) -> None:
    """Close a run as failed; its files are free for the next one. The row lands with the next commit."""
    with ledger.writing() as connection:
        _end_run(connection, run_id, "failed", error, now)


def close_dead_runs(ledger: Ledger, *, now: datetime) -> list[str]:
    """Close runs whose process is dead as crashed, free their files, and return their ids."""
    with ledger.writing() as connection:
        runs = schema.runs
        running = connection.execute(select(runs.c.run_id, runs.c.host).where(runs.c.status == "running")).all()
        living = _live_claims(connection, now)
        dead = [run_id for run_id, host in running if not _is_alive(ledger, run_id, host, run_id in living.values())]
        for run_id in dead:
            _end_run(connection, run_id, "crashed", CRASHED, now)
    for run_id in dead:
        paths.run_lock(ledger.root, run_id).unlink(missing_ok=True)
    return dead


def claim(
    ledger: Ledger, run_id: str, file_uris: Sequence[str], *, now: datetime, lease: timedelta
) -> tuple[list[str], list[str]]:
    """Claim files for a run; return those it got and those that another living run holds."""
    with ledger.writing() as connection:
        live = _live_claims(connection, now)
        runs = schema.runs
        rows = connection.execute(select(runs.c.run_id, runs.c.host).where(runs.c.status == "running"))
        hosts = {row.run_id: row.host for row in rows}
        alive = {run: run in hosts and _is_alive(ledger, run, hosts[run], True) for run in set(live.values())}
        held = {uri for uri in file_uris if live.get(uri, run_id) != run_id and alive[live[uri]]}
        got = [uri for uri in file_uris if uri not in held]
        until = to_text(now + lease)
        if got:
            statement = upsert(schema.claims)
            statement = statement.on_conflict_do_update(
                index_elements=["file_uri"],
                set_={"run_id": statement.excluded.run_id, "lease_until": statement.excluded.lease_until},
            )
            connection.execute(statement, [{"file_uri": uri, "run_id": run_id, "lease_until": until} for uri in got])
    return got, sorted(held)


def renew(ledger: Ledger, run_id: str, *, now: datetime, lease: timedelta) -> bool:
    """Prolong the lease of all files that a run holds; return False when the ledger was busy all the time."""
    claims = schema.claims
    try:
        with ledger.writing() as connection:
            connection.execute(update(claims).where(claims.c.run_id == run_id).values(lease_until=to_text(now + lease)))
    except (OperationalError, LedgerBusy):
        return False
    return True


def check_lease(connection: Connection, run_id: str, file_uris: Collection[str]) -> None:
    """Raise LeaseLost unless `run_id` is still running and holds every one of `file_uris`."""
    runs, claims = schema.runs, schema.claims
    status = connection.execute(select(runs.c.status).where(runs.c.run_id == run_id)).scalar_one()
    if status != "running":
        raise LeaseLost(
            f"run {run_id} was closed as {status} by another process, which took it for dead; "
            "nothing of this batch was landed: start it again"
        )
    held = select(claims.c.file_uri).where(claims.c.run_id == run_id, among(claims.c.file_uri, file_uris))
    if lost := set(file_uris) - set(connection.execute(held).scalars()):
        raise LeaseLost(
            f"run {run_id} no longer holds {len(lost)} of its files, e.g. {min(lost)}: another run took them over "
            "after the lease had run out; nothing of this batch was landed, and nothing has to be done"
        )


def release(connection: Connection, run_id: str, file_uris: Collection[str]) -> None:
    """Give files back that a run has dealt with."""
    claims = schema.claims
    connection.execute(delete(claims).where(claims.c.run_id == run_id, among(claims.c.file_uri, file_uris)))


def _end_run(connection: Connection, run_id: str, status: str, error: str, now: datetime) -> None:
    runs, claims = schema.runs, schema.claims
    values = {"status": status, "error": error, "finished_at": to_text(now)}
    connection.execute(update(runs).where(runs.c.run_id == run_id, runs.c.status == "running").values(**values))
    connection.execute(delete(claims).where(claims.c.run_id == run_id))


def _live_claims(connection: Connection, now: datetime) -> dict[str, str]:
    """Return the holder of each file whose lease is not over."""
    claims = schema.claims
    rows = connection.execute(select(claims.c.file_uri, claims.c.run_id).where(claims.c.lease_until > to_text(now)))
    return {row.file_uri: row.run_id for row in rows}


def _is_alive(ledger: Ledger, run_id: str, host: str, has_live_claim: bool) -> bool:
    if host == socket.gethostname():
        return is_held(paths.run_lock(ledger.root, run_id))
    return has_live_claim
