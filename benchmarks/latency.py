"""How long from a file's rename into the inbox to its row for another process, and where does the time go?

Question:  a warm `copydesk serve` with Prefect's server and pages; a file every two seconds, then bursts of 100, then
           many at once. When does each row show in `warehouse.duckdb`, opened by another process? What does each hop
           take, and how much processor time? How long does it take when an outsider's event asks for the run instead?
Command:   python -m benchmarks.latency --seconds 300 --bursts 3 --flood 10000 --events 10
Answer:    lines of milliseconds, and exit code 1 when a bar is missed: p50 600, p95 1000, a burst of 100 in 4 s,
           10,000 at once at 70 % of the rate of `copydesk ingest` on the same files.

The clock starts before the rename. The reader looks at the catalog's inode every 2 ms and opens it when it is new.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import psutil

from benchmarks.invented_news import Newsroom

P50_MS, P95_MS, BURST_SECONDS, FLOOD_SHARE = 600.0, 1000.0, 4.0, 0.7
PROGRAM = "from flows.cli import main; main()"
LOOK_SECONDS = 0.002
PATIENCE_SECONDS = 120.0
WARM_UP = 5
HOPS = ("prepare", "validate", "deduplicate", "land", "publish")


class Desk(NamedTuple):
    """A service under way, and the reader of its warehouse."""

    folder: Path
    service: psutil.Process
    seen: Connection
    url: str

    @property
    def inbox(self) -> Path:
        """The folder that is watched."""
        return self.folder / "data" / "inbox"


def main() -> int:
    """Measure what is asked for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=300.0, help="how long files trickle in")
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two of them")
    parser.add_argument("--bursts", type=int, default=3)
    parser.add_argument("--burst-files", type=int, default=100)
    parser.add_argument("--flood", type=int, default=0, help="files at once, and by `copydesk ingest`")
    parser.add_argument("--events", type=int, default=0, help="files for which an outsider's event asks")
    options = parser.parse_args()
    texts = articles()
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder) as desk:
            trickle(desk, texts, WARM_UP, 1.0)
            if options.seconds:
                missed += tell_trickle(desk, texts, int(options.seconds / options.every), options.every)
            for _ in range(options.bursts):
                missed += tell_burst(desk, texts, options.burst_files)
            if options.flood:
                missed += tell_flood(desk, texts, options.flood)
            if options.events:
                tell_events(desk, texts, options.events)
    print("missed: " + "; ".join(missed) if missed else "all bars are met")
    return 1 if missed else 0


def articles() -> Iterator[str]:
    """Yield invented articles as text files have them, without end."""
    for number, article in enumerate(Newsroom(7).corpus(10**9)):
        yield f"Invented report {number} of {os.getpid()}\n\n{article.body}\n"


@contextmanager
def serving(folder: Path) -> Iterator[Desk]:
    """Run a service below `folder`, and a reader beside it, for a block."""
    folder.mkdir(exist_ok=True)
    (folder / "copydesk.toml").write_text(f"ui_port = {free_port()}\n")
    log = folder / "serve.log"
    context = multiprocessing.get_context("spawn")
    with log.open("wb") as output:
        service = subprocess.Popen([sys.executable, "-c", PROGRAM, "serve"], cwd=folder, stdout=output, stderr=output)
    seen, tell = context.Pipe(duplex=False)
    reader = context.Process(target=read_along, args=(folder / "data", tell), daemon=True)
    reader.start()
    try:
        url = _await_address(log, service)
        yield Desk(folder, psutil.Process(service.pid), seen, url)
    finally:
        reader.terminate()
        service.terminate()
        service.wait(60)


def _await_address(log: Path, service: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and service.poll() is None:
        for line in log.read_text().splitlines():
            if line.split()[:1] == ["Prefect"]:
                return line.split()[1]
        time.sleep(0.1)
    raise RuntimeError(f"the service is not up:\n{log.read_text()}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read_along(data: Path, tell: Connection) -> None:
    """Send (moment, names) for each catalog that shows further articles, as somebody else's process sees them."""
    from warehouse.peek import open_catalog

    catalog, inode, newest = data / "warehouse.duckdb", 0, datetime.min
    while True:
        time.sleep(LOOK_SECONDS)
        try:
            facts = catalog.stat()
        except FileNotFoundError:
            continue
        if facts.st_ino == inode:
            continue
        inode = facts.st_ino
        with open_catalog(data) as connection:
            rows = connection.execute(
                "SELECT file_uri, landed_at FROM articles WHERE landed_at > $1", [newest]
            ).fetchall()
        moment = time.time()
        newest = max((landed for _, landed in rows), default=newest)
        tell.send((moment, [Path(uri).name for uri, _ in rows]))


def drop(desk: Desk, name: str, text: str) -> float:
    """Rename a file into the inbox; return the moment before."""
    part = desk.inbox / f"{name}.part"
    part.write_text(text)
    began = time.time()
    part.rename(desk.inbox / name)
    return began


def await_rows(desk: Desk, names: set[str]) -> dict[str, float]:
    """Return when the rows of these files were seen, by name."""
    seen: dict[str, float] = {}
    while missing := names - seen.keys():
        if not desk.seen.poll(PATIENCE_SECONDS):
            raise RuntimeError(f"{len(missing)} rows are missing, e.g. {min(missing)}")
        moment, found = desk.seen.recv()
        seen.update((name, moment) for name in found if name in names and name not in seen)
    return seen


def trickle(desk: Desk, texts: Iterator[str], count: int, every: float) -> tuple[dict[str, float], dict[str, float]]:
    """Drop one file after the other; return when each was dropped and when it was seen."""
    dropped: dict[str, float] = {}
    start = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, start + number * every - time.monotonic()))
        name = f"one-{time.time_ns()}.txt"
        dropped[name] = drop(desk, name, next(texts))
    return dropped, await_rows(desk, set(dropped))


def tell_trickle(desk: Desk, texts: Iterator[str], count: int, every: float) -> list[str]:
    """Print what single files take; return the bars that were missed."""
    family = [desk.service, *desk.service.children(recursive=True)]
    before, began = [cpu_seconds(one) for one in family], datetime.now().astimezone()
    dropped, seen = trickle(desk, texts, count, every)
    used = [cpu_seconds(one) - earlier for one, earlier in zip(family, before, strict=True)]
    latencies = sorted(1000 * (seen[name] - at) for name, at in dropped.items())
    p50, p95 = statistics.median(latencies), latencies[int(0.95 * len(latencies))]
    print(f"{count} files, one every {every:g} s: p50 {p50:.0f} ms, p95 {p95:.0f} ms, max {latencies[-1]:.0f} ms")
    tell_hops(desk, began, sorted(dropped.values()), sorted(seen.values()))
    for one, seconds in sorted(zip(family, used, strict=True), key=lambda pair: -pair[1]):
        if seconds > 0.01 * count:
            print(f"  processor time a file {1000 * seconds / count:5.0f} ms  {role(one)}")
    missed = [f"p50 {p50:.0f} > {P50_MS:.0f} ms"] if p50 > P50_MS else []
    return missed + ([f"p95 {p95:.0f} > {P95_MS:.0f} ms"] if p95 > P95_MS else [])


def tell_hops(desk: Desk, began: datetime, dropped: Sequence[float], seen: Sequence[float]) -> None:
    """Print what each hop of the flow runs since `began` took, by Prefect's account of them; medians."""
    time.sleep(3)  # Prefect's server writes task runs down in batches
    runs = ask(desk, "/flow_runs/filter", {"sort": "EXPECTED_START_TIME_DESC", "limit": 200})
    own = [run for run in runs if (moment(run["expected_start_time"])) > began.timestamp() and run["end_time"]]
    tasks = ask_tasks(desk, [run["id"] for run in own])
    table: dict[str, list[float]] = {}
    for run in own:
        spans = {task["name"].rpartition("-")[0]: task for task in tasks if task["flow_run_id"] == run["id"]}
        if set(HOPS) <= spans.keys():
            for hop, seconds in hops_of(run, spans, dropped, seen):
                table.setdefault(hop, []).append(1000 * seconds)
    for hop, values in table.items():
        print(f"  {hop:<34}{statistics.median(values):5.0f} ms  (p95 {sorted(values)[int(0.95 * len(values))]:.0f})")


def hops_of(
    run: dict[str, Any], spans: dict[str, Any], dropped: Sequence[float], seen: Sequence[float]
) -> Iterator[tuple[str, float]]:
    """Yield the hops of a flow run with their seconds, from the last rename before it to the next sight of rows."""
    created, start = moment(run["expected_start_time"]), moment(run["start_time"])
    at = max((one for one in dropped if one < created), default=created)
    yield "rename to flow call (watcher)", created - at
    yield "flow call to flow start (Prefect)", start - created
    last = begun = start
    for hop in HOPS:
        begun, ended = moment(spans[hop]["start_time"]), moment(spans[hop]["end_time"])
        yield f"before {hop}", begun - last
        yield hop, ended - begun
        last = ended
    yield "published to seen by the reader", min((one for one in seen if one > begun), default=last) - last
    yield "publish to flow end (not waited for)", moment(run["end_time"]) - last


def moment(text: str) -> float:
    """Return Prefect's text of a moment as seconds since the epoch."""
    return datetime.fromisoformat(text).timestamp()


def ask_tasks(desk: Desk, flow_run_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the task runs of these flow runs."""
    found: list[dict[str, Any]] = []
    for start in range(0, len(flow_run_ids), 30):
        ids = flow_run_ids[start : start + 30]
        found += ask(desk, "/task_runs/filter", {"flow_runs": {"id": {"any_": ids}}, "limit": 200})
    return found


def ask(desk: Desk, path: str, question: Any) -> Any:
    """Return what Prefect's server answers to a POST."""
    body = json.dumps(question).encode()
    request = urllib.request.Request(f"{desk.url}/api{path}", body, {"Content-Type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return json.loads(answer.read() or b"null")


def cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time that a process has had."""
    times = process.cpu_times()
    return float(times.user + times.system)


def role(process: psutil.Process) -> str:
    """Return what a process of the service is there for."""
    words = " ".join(process.cmdline())
    roles = {"prefect_server_process": "Prefect's server", "worker_main": "worker", " serve": "service"}
    return next((name for mark, name in roles.items() if mark in words), words[:60])


def tell_burst(desk: Desk, texts: Iterator[str], count: int) -> list[str]:
    """Print when all of a burst are there; return the bar when it was missed."""
    names = {f"burst-{time.time_ns()}-{number}.txt": next(texts) for number in range(count)}
    first = min(drop(desk, name, text) for name, text in names.items())
    seen = await_rows(desk, set(names))
    seconds = max(seen.values()) - first
    print(f"burst of {count}: the first row after {min(seen.values()) - first:.2f} s, all after {seconds:.2f} s")
    return [f"burst in {seconds:.1f} s > {BURST_SECONDS:.0f} s"] if seconds > BURST_SECONDS else []


def tell_flood(desk: Desk, texts: Iterator[str], count: int) -> list[str]:
    """Print the rate of `count` files at once, and of `copydesk ingest` on the same; return the bar when missed."""
    outside = desk.folder / "flood"
    outside.mkdir()
    for number in range(count):
        (outside / f"flood-{number}.txt").write_text(next(texts))
    began = time.time()
    names = {path.name for path in outside.iterdir()}
    subprocess.run(["cp", "-r", str(outside), str(desk.inbox / ".flood")], check=True)
    (desk.inbox / ".flood").rename(desk.inbox / "flood")
    began = time.time()
    served = count / (max(await_rows(desk, names).values()) - began)
    command = [sys.executable, "-c", PROGRAM, "ingest", "--data", str(desk.folder / "alone"), str(outside)]
    began = time.time()
    subprocess.run(command, check=True, capture_output=True)
    alone = count / (time.time() - began)
    print(f"{count} at once: {served:.0f} a second, `copydesk ingest` {alone:.0f} a second ({served / alone:.0%})")
    return [f"flood at {served / alone:.0%} < {FLOOD_SHARE:.0%}"] if served < FLOOD_SHARE * alone else []


def tell_events(desk: Desk, texts: Iterator[str], count: int) -> None:
    """Print what files take that lie outside the inbox and that an outsider's event offers."""
    latencies = []
    for _ in range(count):
        path = desk.folder / f"offered-{time.time_ns()}.txt"
        path.write_text(next(texts))
        began = time.time()
        event = {
            "id": str(uuid4()),
            "occurred": datetime.now().astimezone().isoformat(),
            "event": "copydesk.files.offered",
            "resource": {"prefect.resource.id": "copydesk.benchmark"},
            "payload": {"paths": [str(path)]},
        }
        ask(desk, "/events", [event])
        latencies.append(1000 * (await_rows(desk, {path.name})[path.name] - began))
        time.sleep(2)
    latencies.sort()
    print(f"{count} by event: p50 {statistics.median(latencies):.0f} ms, max {latencies[-1]:.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
