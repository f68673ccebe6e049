"""A run: the files it takes, the batches it makes of them, and how it ends.

The ledger is told when a run begins and how it ends; a run that dies is closed by the next one.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from flows import clearing, events, foreign_errors, spool
from flows.desk import Desk
from flows.housekeeping import tidy
from flows.inbox import InboxFile, Problem, find_files, may_await_partner, place, to_json
from flows.sidecars import Sidecars
from flows.stages import Batch, Landed
from flows.unfinished import without_unfinished
from flows.version import version
from warehouse import catalog, claims, compaction, peek, seen, tables
from warehouse.landing import COUNTS, Landing, committer, land


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to do."""

    paths: Sequence[str | os.PathLike[str]]
    trigger: claims.Trigger = "manual"
    strict: bool = False
    """Whether an unexpected exception ends the run instead of costing its document."""
    only_new: bool = False
    """Whether files that are as when they last arrived are left alone, without a receipt; sweeps do so."""
    flow_run_id: str | None = None
    files: Sequence[InboxFile] | None = None
    """What a replay takes instead of looking for files."""


@dataclass(slots=True)
class Summary:
    """What became of a run, for the person who started it."""

    run_id: str | None = None
    """None when there was nothing to do, so that no run was begun."""
    snapshot: int | None = None
    files: int = 0
    """Files that have landed, whatever became of them."""
    batches: int = 0
    busy: int = 0
    """Files that another living run is working on."""
    counts: dict[str, int] = field(default_factory=dict)
    """`documents`, `articles`, `repeats`, `quarantined`, `skipped`, `copies`, and files by status."""
    reasons: dict[str, int] = field(default_factory=dict)
    """Quarantined documents by reason."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Wall time by hop."""

    @contextmanager
    def timing(self, hop: str) -> Iterator[None]:
        """Add the time a block takes to its hop."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[hop] = self.seconds.get(hop, 0.0) + time.perf_counter() - start

    def add(self, landed: Landed) -> None:
        """Add what a batch brought."""
        self.snapshot = landed.snapshot
        self.files += landed.files.num_rows
        counted = {name: sum(tables.values(landed.files, name)) for name in COUNTS} | {"copies": landed.copies}
        statuses = tables.count_values(landed.files, "status")
        for name, number in {**counted, **statuses}.items():
            self.counts[name] = self.counts.get(name, 0) + number
        for reason, number in landed.reasons.items():
            self.reasons[reason] = self.reasons.get(reason, 0) + number


@dataclass(frozen=True, slots=True)
class Running:
    """A run that has begun."""

    desk: Desk
    request: Request
    run_id: str
    claimed: Sequence[InboxFile]
    summary: Summary

    @property
    def files(self) -> int:
        """Files that the run has claimed."""
        return len(self.claimed)

    def batches(self) -> Iterator[Batch]:
        """Yield the files of the run in batches, bounded in files and bytes; without files one empty batch."""
        settings = self.desk.settings
        groups = list(group_files(self.claimed, settings.batch_files, int(settings.batch_bytes))) or [()]
        for files in groups:
            yield Batch(self.run_id, 0, files, self.request.strict)

    def number(self, batch: Batch) -> Batch:
        """Return the batch with the next number of the run, counted from 0."""
        self.summary.batches += 1
        return batch._replace(number=self.summary.batches - 1)


def find(desk: Desk, request: Request) -> list[InboxFile]:
    """Return the files that the request means."""
    if request.only_new:
        clearing.make_up(desk, request.paths)
    found = find_files(request.paths, desk.settings.inbox) if request.files is None else request.files
    if not request.only_new:
        return list(found)
    return without_unfinished(
        _only_new(desk, list(found)),
        named={os.path.abspath(os.fsencode(path)) for path in request.paths},
        quiet_seconds=desk.settings.arrivals.quiet_seconds,
        now=desk.now(),
    )


async def clear_inbox(desk: Desk, batch: Batch, landed: Landed) -> None:
    """Archive or delete the files of a batch that have landed as a whole, if the settings say so."""
    statuses = zip(tables.values(landed.files, "file_uri"), tables.values(landed.files, "status"), strict=True)
    uris = {uri for uri, status in statuses if status in ("landed", "seen_before")}
    await asyncio.to_thread(clearing.clear, desk, [file for file in batch.files if file.file_uri in uris])


def _only_new(desk: Desk, files: Sequence[InboxFile]) -> list[InboxFile]:
    """Return the files that are not as they were when they arrived, or have the problem no more that they had then.

    The others are cleared, if the settings say so: the run that landed them may have been killed before it could.
    """
    by_uri = {file.file_uri: file for file in files}
    states = _look_beside(desk, by_uri)
    facts = {uri: state for uri, state in states.items() if isinstance(state, seen.Facts)}
    with desk.ledger.reading() as connection:
        untouched = seen.untouched_files(connection, facts)
        waiting = [entry for entry in seen.open_quarantine(connection, states) if entry.position is None]
    problems = {(entry.file_uri, entry.reason) for entry in waiting}
    dealt_with = untouched - {uri for uri, _ in problems}
    clearing.clear(desk, [by_uri[uri] for uri in dealt_with])
    dealt_with |= {
        uri for uri, state in states.items() if isinstance(state, Problem) and (uri, state.reason) in problems
    }
    patience, now = desk.settings.arrivals.sidecar_seconds, desk.now()
    left = (file for uri, file in by_uri.items() if uri not in dealt_with)
    return [file for file in left if not may_await_partner(file, patience, now)]


def _look_beside(desk: Desk, files: Mapping[str, InboxFile]) -> dict[str, seen.Facts | Problem]:
    """Return what can be known of each file without opening it: its facts, or what is wrong with it or beside it."""
    sidecars = Sidecars()
    states: dict[str, seen.Facts | Problem] = {}
    for uri, file in files.items():
        placed = file.problem or place(file, desk.transform_settings, sidecars)
        states[uri] = (
            placed if isinstance(placed, Problem) else seen.Facts(file.size_bytes, file.modified_ns, to_json(placed))
        )
    return states


@asynccontextmanager
async def running(desk: Desk, request: Request, files: Sequence[InboxFile]) -> AsyncIterator[Running]:
    """Begin a run that holds `files` for a block; an exception closes it as failed."""
    run = await asyncio.to_thread(_begin, desk, request)
    try:
        lease = timedelta(seconds=desk.settings.lease_seconds)
        uris = [file.file_uri for file in files]
        claim = partial(claims.claim, desk.ledger, run.run_id, uris, now=desk.now(), lease=lease)
        got, held = await asyncio.to_thread(claim)
        mine = set(got)
        summary = Summary(run.run_id, busy=len(held))
        async with desk.lease(run.run_id):
            yield Running(desk, request, run.run_id, [file for file in files if file.file_uri in mine], summary)
    except BaseException as error:
        # On a full disk it cannot be closed: the next run does so, and what failed first is what is to be told.
        with suppress(*foreign_errors.types()):
            await asyncio.shield(asyncio.to_thread(_fail, desk, run.run_id, error))
        events.tell_failure(desk.settings.data, error, run.run_id)
        raise
    finally:
        run.close()
        spool.clear(desk.ledger.root, [run.run_id])


def group_files(files: Sequence[InboxFile], files_at_most: int, size_bytes: int) -> Iterator[Sequence[InboxFile]]:
    """Yield `files` in order, in groups of bounded number and size; a larger file stands alone."""
    group: list[InboxFile] = []
    size = 0
    for file in files:
        if group and (len(group) == files_at_most or size + file.size_bytes > size_bytes):
            yield group
            group, size = [], 0
        group.append(file)
        size += file.size_bytes
    if group:
        yield group


async def keep_house(desk: Desk) -> None:
    """Tidy up when a table has too many small files: in a service beside what comes next, as long as that is enough."""
    above = desk.settings.compact_above
    if not await _is_due(desk, above):
        return
    if desk.beside is None or await _is_due(desk, above + above // 4):
        await _tidy(desk)
    elif not desk.is_tidying:
        desk.is_tidying = True
        desk.beside(_tidy_beside(desk))


async def _is_due(desk: Desk, above: int) -> bool:
    return await asyncio.to_thread(partial(compaction.is_due, desk.ledger, above=above))


async def _tidy(desk: Desk) -> None:
    above = desk.settings.compact_above
    await asyncio.to_thread(partial(tidy, desk.ledger, desk.settings, now=desk.now(), above=above))


async def _tidy_beside(desk: Desk) -> None:
    try:
        await _tidy(desk)
    finally:
        desk.is_tidying = False


async def catch_up(desk: Desk) -> None:
    """Publish what a run has landed that was killed before it could publish."""

    def publish() -> None:
        if not peek.is_current(desk.ledger.root):
            catalog.publish(desk.ledger.root, desk.ledger.read_snapshot())

    await asyncio.to_thread(publish)


def _begin(desk: Desk, request: Request) -> claims.Run:
    dead = claims.close_dead_runs(desk.ledger, now=desk.now())
    spool.clear(desk.ledger.root, dead)
    for run_id in dead:
        events.tell_failure(desk.settings.data, claims.CRASHED, run_id)
    return claims.begin_run(
        desk.ledger, request.trigger, now=desk.now(), version=version(), flow_run_id=request.flow_run_id
    )


def _fail(desk: Desk, run_id: str, error: BaseException) -> None:
    """Close a run as failed, and let its row land: nobody should have to ask the ledger why."""
    claims.fail_run(desk.ledger, run_id, f"{type(error).__name__}: {error}", now=desk.now())
    with committer(desk.ledger):
        land(desk.ledger, Landing(run_id, {}), now=desk.now())
    catalog.publish(desk.ledger.root, desk.ledger.read_snapshot())
