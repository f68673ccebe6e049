"""The processes of benchmarks/chaos.py: a service that says which hop it begins, a reader, and undisturbed ingests."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

HOPS = ("prepare", "validate", "deduplicate", "land", "publish")

CLOCK_HOURS = 3.0
JUMP_SHARE = 0.12
"""Of the hops, so many begin at another time than the one before ended."""
GAVE_UP = 3
"""Exit code of a service that cannot start, as on a full disk, and says so in four parts."""
TOGETHER = """
SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM documents),
       (SELECT coalesce(sum(articles), 0)::BIGINT FROM files)
       + (SELECT count(*) FROM articles ANTI JOIN files USING (file_uri)),
       (SELECT count(*) FROM articles JOIN documents USING (document_id))
       + (SELECT count(*) FROM evidence ANTI JOIN articles USING (article_id, run_id))
       + (SELECT count(*) FROM mentions ANTI JOIN articles USING (article_id, run_id))
"""
"""Equal in every snapshot; a file that lands in parts has no receipt before the last."""


@dataclass(frozen=True)
class Place:
    """Where a service works, and how."""

    data: Path
    inbox: Path
    log: Path
    batch_files: int = 20
    served: bool = False
    """Whether it is the real `copydesk serve`, with Prefect's server; otherwise what that does without one."""

    def settings(self) -> Any:
        """Return settings with which much happens in a short time."""
        from flows import settings

        return settings.load(
            {
                **{"data": self.data, "inbox": [self.inbox], "workers": 1, "part_rows": 25},
                **{
                    "batch_files": self.batch_files,
                    "compact_above": 8,
                    "seconds_per_document": 300.0,
                    "schedules": {"ingest_seconds": 5.0},
                },
            }
        )


class JumpingClock:
    """A clock that is wrong by some hours, and now and then by others."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)
        self._shift = timedelta()
        self.jump()

    def __call__(self) -> datetime:
        """Return what it says is the moment, in UTC."""
        return datetime.now(UTC) + self._shift

    def jump(self) -> None:
        """Be wrong by up to three hours, earlier or later."""
        self._shift = timedelta(hours=self._dice.uniform(-CLOCK_HOURS, CLOCK_HOURS))

    def pass_hop(self) -> None:
        """Jump before every eighth hop or so: also in the middle of a batch."""
        if self._dice.random() < JUMP_SHARE:
            self.jump()


def live(place: Place, seed: int, marks: Connection) -> None:
    """Serve until killed, in a process group of its own and with a clock that jumps, as `seed` has it."""
    os.setpgid(0, 0)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    _write_to(place.log)
    from flows import stages

    clock = JumpingClock(seed)
    for name in HOPS:
        setattr(stages, name, _marked(getattr(stages, name), marks, clock))
    from flows import desk

    desk.Desk.__init__.__kwdefaults__["now"] = clock
    if place.served:
        from flows.errors import CopydeskError
        from flows.serve import serve

        try:
            serve(place.settings())
        except CopydeskError as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(GAVE_UP)
    else:
        asyncio.run(_watch(place.settings()))


def _end_with(parent: int) -> None:
    """End this process group as soon as its parent is gone: nobody else would."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(0, signal.SIGKILL)


async def _watch(settings: Any) -> None:
    """Do what the service does, without Prefect: a warm desk, and a run for whatever arrives, again when it fails."""
    from flows import foreign_errors, pipeline
    from flows.desk import Desk
    from flows.runs import Request
    from flows.watcher import watch

    async def take(found: Any) -> None:
        while True:
            try:
                await pipeline.ingest(desk, Request(found, "event", only_new=True), pipeline.AS_THEY_ARE)
            except foreign_errors.types() as error:
                print(f"a run failed: {error!r}", file=sys.stderr, flush=True)
                await asyncio.sleep(0.5)
            else:
                return

    async with Desk(settings) as desk:
        desk.warm_up()
        await watch(settings.inbox, take, asyncio.Event(), settings.arrivals)


def ingest_all(place: Place) -> None:
    """Ingest what is new in the inbox, undisturbed."""
    _write_to(place.log)
    from flows.desk import say_nothing
    from flows.direct import ingest_directly
    from flows.runs import Request

    ingest_directly(place.settings(), Request([place.inbox], only_new=True), say_nothing)


def poll(data: Path, stop: Any, answer: Connection) -> None:
    """Read the published warehouse over and over; what belongs together has to be seen together.

    Each catalog is read as soon as it is there, and the last one ten times a second until the next comes.
    Answers with how often it has read, and what was wrong.
    """
    import duckdb

    from warehouse import paths, peek

    polls, torn = 0, []
    last_seen, last_at = None, 0.0
    is_last = False
    while not is_last:
        is_last = stop.wait(0.005)
        seen = _inode(paths.catalog(data))
        if seen == last_seen and time.monotonic() < last_at + 0.1 and not is_last:
            continue
        last_seen, last_at = seen, time.monotonic()
        try:
            with peek.open_catalog(data) as connection:
                counts = connection.execute(TOGETHER).fetchone()
        except peek.CatalogNotFound:
            continue
        except duckdb.Error as error:
            torn.append(f"a reader failed: {error}")
            continue
        polls += 1
        if counts is not None and len(set(counts)) != 1:
            torn.append(f"torn snapshot: articles, documents, receipts and what belongs together are {counts}")
    answer.send((polls, torn[:20]))


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _marked(hop: Callable[..., Any], marks: Connection, clock: JumpingClock) -> Callable[..., Any]:
    @wraps(hop)
    async def run(*arguments: object, **options: bool) -> Any:
        clock.pass_hop()
        marks.send(hop.__name__)
        return await hop(*arguments, **options)

    return run


def _write_to(log: Path) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
