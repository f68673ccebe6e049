"""Does anything that can happen to a machine lose, double or tear an article?

Question:  files of all kinds arrive (benchmarks/mixed_news.py) while the service that takes them is killed with -9 at
           drawn moments, half of them inside *land*; the disk fills up twice and is freed again; the clock jumps
           by hours; tables are compacted, old snapshots swept, backups taken; a reader polls
           `warehouse.duckdb` all along. At the end: is every article there once, as an undisturbed ingest of the same
           files has it? Is the audit clean, was half a batch ever seen, and is a file left that nobody names?
Command:   python benchmarks/chaos.py --seconds 1800 --kills 60 --served      (without --served: no Prefect server)
Answer:    exit code 0 and a line of figures; 1 and what was found.

The data folder lies on a small disk in memory where Linux lets a user mount one (`unshare -rm`); where not, no disk
fills up, and the figures say so. `tests/flows/test_chaos.py` runs a short form.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from chaos_lives import GAVE_UP, Place, ingest_all, live, poll
from mixed_news import MixedNews

DISK_MB, DISK_MB_PER_SECOND = 160, 0.5
"""The small disk: room for what arrives, and for Prefect's database, so that it is full only when it is filled."""
ON_SMALL_DISK = "COPYDESK_CHAOS_DISK"
"""Set in a process that may mount one."""
OWN_MOUNTS = ("unshare", "--map-root-user", "--mount")
FULL_AFTER = (0.4, 0.75)
"""Shares of the time."""
FULL_SECONDS = 3.0
LIFE_SECONDS = 6.0
"""A life that is not to end in *land* lasts at most so long after its first hop."""
LAND_SECONDS = 0.06
"""A *land* takes 15 to 50 ms; a kill that comes later hits the publish."""
PATIENCE_SECONDS = 60.0
RESTORE_FROM_SECONDS = 60.0
"""A shorter run does not restore its backup: tests/flows/test_backup.py does."""
GRACE = timedelta(seconds=30)
"""Longer than the reader takes over a question."""
PER_SECOND = 4.0
LATE_PAUSE_SECONDS = 2.0
SERVER_SHARE = 0.1
"""Of the hops of a service that has a Prefect server, so many see the server killed."""


class Plan(NamedTuple):
    """What is to happen."""

    folder: Path
    seconds: float
    seed: int
    kills: int = 0
    """At least so many, however long it takes."""
    served: bool = False

    @property
    def place(self) -> Place:
        """Where the service works; the inbox is not on the disk that fills up."""
        return Place(
            self.folder / "disk" / "data", self.folder / "inbox", self.folder / "service.log", served=self.served
        )


@dataclass
class Outcome:
    """What came of it."""

    killed_at: Counter[str] = field(default_factory=Counter)
    """Lives of the service, by the hop it had begun last."""
    files: int = 0
    articles: int = 0
    quarantined: int = 0
    polls: int = 0
    disk_full: int = 0
    servers_killed: int = 0
    gave_up: int = 0
    """Lives that ended at once with a word, as Prefect's server cannot start on a full disk."""
    backups: int = 0
    swept: int = 0
    snapshots: int = 0
    faults: list[str] = field(default_factory=list)
    """What must not be; empty when all is well."""


def wreak(plan: Plan) -> Outcome:
    """Let all of it happen below `plan.folder`, and look at what is there."""
    outcome, over = Outcome(), threading.Event()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["great_expectations", "watchfiles", "flows.stages"])
    plan.place.inbox.mkdir(parents=True)
    stop, (polls, polled) = context.Event(), context.Pipe(duplex=False)
    reader = context.Process(target=poll, args=(plan.place.data, stop, polled), daemon=True)
    reader.start()
    helpers = [threading.Thread(target=work, args=(plan, outcome, over), daemon=True) for work in _HELPERS]
    for helper in helpers:
        helper.start()
    end, dice = time.monotonic() + plan.seconds, random.Random(plan.seed)
    while time.monotonic() < end or outcome.killed_at.total() < plan.kills:
        _one_life(context, plan, dice, outcome)
    over.set()
    for helper in helpers:
        helper.join()
    _run(context, ingest_all, plan.place)
    stop.set()
    outcome.polls, torn = polls.recv() if polls.poll(PATIENCE_SECONDS) else (0, ["the reader did not answer"])
    reader.join()
    outcome.faults += torn
    _judge(context, plan, outcome)
    return outcome


def _one_life(context: Any, plan: Plan, dice: random.Random, outcome: Outcome) -> None:
    """Start a service, and kill it with all its processes: within a *land*, or at any moment."""
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=live, args=(plan.place, dice.randrange(2**32), there))
    process.start()
    there.close()
    in_land, landings = 2 * outcome.killed_at["land"] <= outcome.killed_at.total(), dice.randint(1, 3)
    end = time.monotonic() + PATIENCE_SECONDS
    hop = "start"
    while here.poll(max(end - time.monotonic(), 0)):
        if (mark := _received(here)) is None:
            process.join()
            if process.exitcode == GAVE_UP:
                outcome.gave_up += 1
                return
            said = plan.place.log.read_text()[-2000:]
            outcome.faults.append(f"a service ended by itself; the last hop was {hop}; its log ends with: {said}")
            break
        if hop == "start" and not in_land:
            end = time.monotonic() + dice.uniform(0, LIFE_SECONDS)
        hop = mark
        landings -= hop == "land"
        if in_land and landings <= 0:
            time.sleep(dice.uniform(0, LAND_SECONDS))
            break
        if plan.served and dice.random() < SERVER_SHARE:
            outcome.servers_killed += _kill_server(process.pid)
    if process.is_alive():
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    while here.poll() and (mark := _received(here)) is not None:
        hop = mark
    outcome.killed_at[hop] += 1
    print(f"kill {outcome.killed_at.total()} in {hop}; {outcome.files} files have arrived", file=sys.stderr, flush=True)


def _received(here: Connection) -> str | None:
    """Return the hop that was begun next; None when the service has ended."""
    try:
        return str(here.recv())
    except EOFError:
        return None


def _kill_server(service: int) -> int:
    """Kill the Prefect server of a service; return how many there were."""
    import psutil

    servers = [one for one in psutil.Process(service).children() if "flows.prefect_server_process" in one.cmdline()]
    for server in servers:
        server.kill()
    return len(servers)


def _let_arrive(plan: Plan, outcome: Outcome, over: threading.Event) -> None:
    """Rename files into the inbox, alone and in bursts; few once the time is over and kills are still to come."""
    dice, end = random.Random(plan.seed + 1), time.monotonic() + plan.seconds
    for file in MixedNews(plan.seed).files():
        folder = plan.place.inbox / f"desk-{outcome.files % 7}"
        folder.mkdir(exist_ok=True)
        unfinished = folder / f"{file.name}.part"
        unfinished.write_bytes(file.content)
        unfinished.rename(folder / file.name)
        outcome.files += 1
        pause = dice.expovariate(PER_SECOND / 2) if dice.random() < 0.5 else 0
        if over.wait(pause if time.monotonic() < end else LATE_PAUSE_SECONDS):
            return


def _fill_disk(plan: Plan, outcome: Outcome, over: threading.Event) -> None:
    """Fill the small disk twice for some seconds, while everything goes on."""
    if ON_SMALL_DISK not in os.environ:
        return
    began = time.monotonic()
    for share in FULL_AFTER:
        if over.wait(max(began + share * plan.seconds - time.monotonic(), 0)):
            return
        ballast = plan.place.data.parent / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 65536)
            except OSError:
                outcome.disk_full += 1
        over.wait(FULL_SECONDS)
        ballast.unlink()


def _keep_house(plan: Plan, outcome: Outcome, over: threading.Event) -> None:
    """Sweep without retention and take backups over and over; on a full disk both fail, and nothing else."""
    from warehouse import backup, paths, sweep
    from warehouse.ledger import Ledger

    data = plan.place.data
    while not over.wait(min(max(plan.seconds / 8, 1.0), 20.0)):
        if not paths.ledger(data).exists():
            continue
        try:
            ledger = Ledger(data)
            try:
                done = sweep.sweep(ledger, now=datetime.now(UTC), retention=timedelta(0), grace=GRACE)
            finally:
                ledger.close()
            target = plan.folder / "backup"
            shutil.rmtree(target, ignore_errors=True)
            backup.back_up(data, target, now=datetime.now(UTC))
        except backup.BackupBroken as error:
            outcome.faults.append(f"a backup is broken: {error}")
        except _no_room() as error:
            print(f"housekeeping put off: {type(error).__name__}", file=sys.stderr)
        else:
            outcome.swept += done.expired + done.orphans
            outcome.backups += 1


_HELPERS: tuple[Callable[[Plan, Outcome, threading.Event], None], ...] = (_let_arrive, _fill_disk, _keep_house)


def _no_room() -> tuple[type[Exception], ...]:
    from flows import foreign_errors

    return foreign_errors.types()


def _judge(context: Any, plan: Plan, outcome: Outcome) -> None:
    """Hold what is there against an undisturbed ingest of the same files, and against the last backup, restored."""
    there = _look(plan.place, outcome)
    ledger_rest(plan.place, outcome)
    calm = replace(plan.place, data=plan.folder / "calm", batch_files=500)
    _run(context, ingest_all, calm)
    _compare("the warehouse", there, _look(calm, outcome), outcome)
    if outcome.backups and plan.seconds >= RESTORE_FROM_SECONDS:
        restored = replace(plan.place, data=plan.folder / "backup", batch_files=500)
        _run(context, ingest_all, restored)
        _compare("the restored backup", _look(restored, outcome), there, outcome)


class Holdings(NamedTuple):
    """What a warehouse says it has."""

    articles: frozenset[str]
    waiting: frozenset[tuple[str, str]]
    """Address and reason."""


def _look(place: Place, outcome: Outcome) -> Holdings:
    from warehouse import peek
    from warehouse.audit import audit
    from warehouse.ledger import Ledger

    ledger = Ledger(place.data)
    outcome.faults += [f"audit of {place.data.name}: {finding}" for finding in audit(ledger).findings]
    ledger.close()
    with peek.open_catalog(place.data) as connection:
        articles = [row[0] for row in connection.execute("SELECT article_id FROM articles").fetchall()]
        waiting = connection.execute("SELECT file_uri, reason FROM open_quarantine").fetchall()
    if len(articles) != len(set(articles)):
        outcome.faults.append(f"{len(articles) - len(set(articles))} articles are there twice")
    return Holdings(frozenset(articles), frozenset(waiting))


def _compare(name: str, found: Holdings, expected: Holdings, outcome: Outcome) -> None:
    for what, one, other in (("lacks", expected, found), ("has", found, expected)):
        if articles := one.articles - other.articles:
            outcome.faults.append(f"{name} {what} {len(articles)} articles, e.g. {min(articles)}")
        if waiting := one.waiting - other.waiting:
            outcome.faults.append(f"{name} {what} in quarantine {len(waiting)}, e.g. {min(waiting)}")
    outcome.articles, outcome.quarantined = len(found.articles), len(found.waiting)


def ledger_rest(place: Place, outcome: Outcome) -> None:
    """Note runs that never ended, and files that nobody names after a sweep long afterwards."""
    from sqlalchemy import select

    from warehouse import ledger_schema as schema
    from warehouse import paths, sweep
    from warehouse.ledger import Ledger

    ledger = Ledger(place.data)
    later = datetime.now(UTC) + timedelta(days=2)
    sweep.sweep(ledger, now=later, retention=timedelta(0), grace=timedelta(hours=1))
    outcome.snapshots = ledger.snapshot()
    with ledger.reading() as connection:
        named = set(connection.execute(select(schema.lake_files.c.path)).scalars())
        running = list(connection.execute(select(schema.runs.c.run_id).where(schema.runs.c.status == "running")))
    ledger.close()
    lake = paths.lake(place.data)
    orphans = [path for path in lake.glob("*/*") if path.relative_to(lake).as_posix() not in named]
    left = [*orphans, *place.data.glob("spool/*"), *place.data.glob("locks/run-*")]
    outcome.faults += [f"left behind: {path.relative_to(place.data)}" for path in left[:20]]
    outcome.faults += [f"still said to be running: {run_id}" for (run_id,) in running]


def _run(context: Any, function: Callable[[Place], None], place: Place) -> None:
    process = context.Process(target=function, args=(place,))
    process.start()
    process.join()
    if process.exitcode != 0:
        raise RuntimeError(f"{function.__name__} ended with {process.exitcode}: {place.log.read_text()[-3000:]}")


def may_mount() -> bool:
    """Return whether this system lets its users mount a disk in memory, seen by their own processes only."""
    if shutil.which("unshare") is None:
        return False
    probe = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", tempfile.gettempdir()]
    return subprocess.run(probe, capture_output=True, timeout=30).returncode == 0


@contextmanager
def small_disk(folder: Path, seconds: float) -> Iterator[None]:
    """Have a small disk at `folder` for a run of so many seconds, where this process may mount one; else a folder."""
    folder.mkdir()
    if ON_SMALL_DISK not in os.environ:
        yield
        return
    size = f"size={DISK_MB + DISK_MB_PER_SECOND * seconds:.0f}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True, timeout=30)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, timeout=30)


def main() -> int:
    """Run as a script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kills", type=int, default=0, help="at least so many, however long it takes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--served", action="store_true", help="kill the real `copydesk serve` and its Prefect server")
    options = parser.parse_args()
    start = time.monotonic()
    if ON_SMALL_DISK not in os.environ and may_mount():
        command = [*OWN_MOUNTS, sys.executable, *sys.argv]
        os.execvpe(command[0], command, {**os.environ, ON_SMALL_DISK: "yes"})
    with (
        tempfile.TemporaryDirectory(prefix="copydesk-chaos-") as name,
        small_disk(Path(name) / "disk", options.seconds),
    ):
        folder = Path(name)
        outcome = wreak(Plan(folder, options.seconds, options.seed, options.kills, options.served))
        figures = {one.name: getattr(outcome, one.name) for one in fields(outcome) if one.name != "faults"}
        told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in figures.items())
        print(f"seed {options.seed}, {outcome.killed_at.total()} kills, {told}, {time.monotonic() - start:.0f} s")
        for fault in outcome.faults:
            print(fault)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
