"""Does kill -9 at any moment lose, double or tear anything?

Question:  a run is killed with its whole process group, at moments drawn between the claim and the publish, half of
           them inside *land*; the next run takes over. Is every article there once, is the audit clean, and has a
           reader that polls `warehouse.duckdb` all along ever seen half a batch?
Command:   python benchmarks/kill.py --rounds 100
Answer:    exit code 0 and a line of figures; 1 and what was found.

`tests/flows/test_kill.py` runs ten rounds of it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

FILES_PER_ROUND = 6
FILES_PER_BATCH = 2
LAND_SECONDS = 0.06
"""A *land* takes 15 to 50 ms here; a kill that comes later hits the publish."""
PATIENCE_SECONDS = 60.0


class Outcome(NamedTuple):
    """What became of the killing."""

    rounds: int
    killed_at: Counter[str]
    """Rounds by the hop that the run had last begun when it was killed; `done` for those that were faster."""
    articles: int
    polls: int
    faults: list[str]
    """What must not be; empty when all is well."""


def torment(folder: Path, rounds: int, seed: int) -> Outcome:
    """Kill `rounds` runs over a growing inbox below `folder`, then let one end, and look at what is there."""
    dice = random.Random(seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["great_expectations", "flows.direct", "flows.stages"])
    data, inbox = folder / "data", folder / "inbox"
    inbox.mkdir(parents=True)
    stop = context.Event()
    polls, polled = context.Pipe(duplex=False)
    reader = context.Process(target=poll, args=(data, stop, polled))
    reader.start()
    killed_at: Counter[str] = Counter()
    for number in range(rounds):
        drop_files(inbox, number)
        killed_at[_kill_one(context, data, inbox, dice, in_land=number % 2 == 0)] += 1
    _run_in(context, run_to_end, data, inbox)
    stop.set()
    seen, torn = polls.recv() if polls.poll(PATIENCE_SECONDS) else (0, ["the reader did not answer"])
    reader.join()
    articles, wrong = examine(data, rounds * FILES_PER_ROUND)
    return Outcome(rounds, killed_at, articles, seen, torn + wrong)


def _run_in(context: Any, function: Callable[..., None], *arguments: object) -> None:
    """Call a function in a process of its own, where the slow imports are done."""
    process = context.Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode != 0:
        raise RuntimeError(f"{function.__name__} ended with {process.exitcode}")


def drop_files(inbox: Path, number: int) -> None:
    """Write the articles of a round; the last repeats the bytes of the first of the round before."""
    for index in range(FILES_PER_ROUND):
        (inbox / f"{number:04d}-{index}.txt").write_text(_article(number, index))
    (inbox / f"{number:04d}-repeat.txt").write_text(_article(max(number - 1, 0), 0))


def _article(number: int, index: int) -> str:
    paragraphs = [
        f"The council of district {number} met on Monday for the session number {index}, the town clerk said, and "
        f"resolved point {line} of its agenda after a debate of {line + 3} hours with all its members present."
        for line in range(5)
    ]
    return f"Council of district {number} meets for session {index}\n\n" + "\n\n".join(paragraphs) + "\n"


def _kill_one(context: Any, data: Path, inbox: Path, dice: random.Random, *, in_land: bool) -> str:
    """Start a run, kill its process group at a drawn moment, and return the hop that it was in."""
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=run_marked, args=(data, inbox, there))
    process.start()
    there.close()
    hop = "start"
    wanted = "land" if in_land else "prepare"
    nth = dice.randint(1, FILES_PER_ROUND // FILES_PER_BATCH)
    seen = 0
    try:
        while seen < nth and here.poll(PATIENCE_SECONDS):
            hop = here.recv()
            seen += hop == wanted
        time.sleep(dice.uniform(0, LAND_SECONDS if in_land else 0.6))
        while here.poll(0):
            hop = here.recv()
    except EOFError:
        hop = "done"
    if process.is_alive():
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    return hop


def run_marked(data: Path, inbox: Path, marks: Connection) -> None:
    """Run an ingest in a process group of its own that says which hop it begins."""
    os.setpgid(0, 0)
    import asyncio

    from flows import pipeline
    from flows.desk import Desk
    from flows.runs import Request

    def marked(hop: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def run(*arguments: object, **options: bool) -> Any:
            marks.send(hop.__name__)
            return await hop(*arguments, **options)

        return run

    async def ingest() -> None:
        async with Desk(_settings(data)) as desk:
            hops = pipeline.Hops(*map(marked, pipeline.AS_THEY_ARE))
            await pipeline.ingest(desk, Request([inbox], only_new=True), hops)

    asyncio.run(ingest())


def run_to_end(data: Path, inbox: Path) -> None:
    """Run an ingest that nobody kills."""
    from flows.desk import say_nothing
    from flows.direct import ingest_directly
    from flows.runs import Request

    ingest_directly(_settings(data), Request([inbox], only_new=True), say_nothing)


def _settings(data: Path) -> Any:
    from flows import settings

    return settings.load({"data": data, "batch_files": FILES_PER_BATCH, "workers": 1})


def poll(data: Path, stop: Any, answer: Connection) -> None:
    """Read the published warehouse over and over; what belongs together has to be seen together.

    Each catalog is read as soon as it is there, and the last one ten times a second until the next comes.
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
            torn.append(f"torn snapshot: articles, documents, receipts and languages are {counts}")
    answer.send((polls, torn[:20]))


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


TOGETHER = """
SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM documents),
       (SELECT coalesce(sum(articles), 0)::BIGINT FROM files),
       (SELECT count(*) FROM evidence WHERE field = 'headline')
"""


def examine(data: Path, expected: int) -> tuple[int, list[str]]:
    """Return how many articles there are, and what is wrong with them."""
    from warehouse import peek
    from warehouse.audit import audit
    from warehouse.ledger import Ledger

    ledger = Ledger(data)
    faults = [f"audit: {finding}" for finding in audit(ledger).findings]
    ledger.close()
    with peek.open_catalog(data) as connection:
        rows = connection.execute("SELECT count(*), count(DISTINCT article_id) FROM articles").fetchone() or (0, 0)
        open_runs = connection.execute("SELECT count(*) FROM runs WHERE status = 'running'").fetchone()
    if rows != (expected, expected):
        faults.append(f"{expected} articles were dropped, {rows[0]} are there, {rows[1]} of them different")
    if open_runs != (0,):
        faults.append(f"{open_runs} runs are still said to be running")
    return rows[0], faults


def main() -> int:
    """Run as a script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="copydesk-kill-") as folder:
        outcome = torment(Path(folder), options.rounds, options.seed)
    print(
        f"{outcome.rounds} kills {dict(outcome.killed_at)}, {outcome.articles} articles, {outcome.polls} polls, "
        f"{len(outcome.faults)} faults, {time.monotonic() - start:.0f} s"
    )
    for fault in outcome.faults:
        print(fault)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
