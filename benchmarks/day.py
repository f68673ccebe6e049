"""Does a service at the end of a long day answer as quickly, and is it as small and tidy, as in the morning?

Question:  a day's arrivals (86,400), squeezed together, in bursts and trickles of files of all kinds
           (benchmarks/mixed_news.py). In the quiet between them, every two seconds one file is timed, from its rename
           into the inbox until another process sees its receipt in `warehouse.duckdb`; every five seconds the
           service is measured.
Command:   python benchmarks/day.py --arrivals 86400 --per-second 40 --out day      (writes day.csv and day.svg)
Answer:    a table of medians by quarter of the day, and the curves; exit code 1 when something grew that must not.

No more arrive while hundreds wait: the day is as fast as the machine.
"""

from __future__ import annotations

import argparse
import csv
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from itertools import count
from pathlib import Path
from random import Random

import psutil
from mixed_news import MixedNews

PROGRAM = "from flows.cli import main; main()"
UP_SECONDS = 240.0
SAMPLE_SECONDS = 5.0
PROBE_SECONDS = 2.0
LOOK_SECONDS = 0.005
"""Between two looks whether there is a new catalog; only that is opened, which takes 50 ms of CPU."""
CALM = 30
"""A file that arrives behind more than these waits for its turn: its time says nothing of the service."""
PROBE_GIVEN_UP_SECONDS = 120.0
PARTS_PER_QUIET, QUIET_SECONDS = 4, 10.0
"""After so many bursts with their trickles nothing arrives for a while but the files that are timed."""
BURST = (50, 400)
"""Files at once; half of the day's files come so."""
AHEAD = 300
"""Files that may wait before the next arrive."""
SMALL_BYTES = 32 * 1024 * 1024
GROWTH_MB = 50.0
SMALL_FILES = 96
"""Compaction begins above 64; batches land while it works."""


@dataclass(frozen=True)
class Sample:
    """The service at one moment."""

    seconds: float
    arrived: int
    dealt_with: int
    latency_ms: float | None
    """Median of the files that were timed since the sample before."""
    service_mb: float
    workers_mb: float
    server_mb: float
    open_files: int
    small_files: int
    """Of the table that has most."""
    ledger_mb: float
    prefect_mb: float
    catalog_mb: float


class Day:
    """What arrives, and what is seen of it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.data, self.inbox = folder / "data", folder / "data" / "inbox"
        self.arrived = 0
        self.over = threading.Event()
        self._news = MixedNews(seed).files()
        self._dice = Random(seed)
        self._latencies: list[float] = []
        self._lock = threading.Lock()

    def let_arrive(self, arrivals: int, per_second: float) -> None:
        """Rename files into the inbox, by turns in a trickle and in bursts, as fast as they are dealt with."""
        for part in count(1):
            if self.arrived >= arrivals or self.over.is_set():
                return
            for _ in range(self._dice.randint(*BURST)):
                self._arrive()
            for _ in range(self._dice.randint(*BURST)):
                self._arrive()
                time.sleep(self._dice.expovariate(per_second))
            is_quiet = part % PARTS_PER_QUIET == 0
            while self.arrived - self.dealt_with() > (CALM if is_quiet else AHEAD) and not self.over.is_set():
                time.sleep(0.2)
            self.over.wait(QUIET_SECONDS if is_quiet else 0)

    def _arrive(self) -> None:
        file = next(self._news)
        folder = self.inbox / f"{self.arrived // 5000:03d}"
        folder.mkdir(exist_ok=True)
        self._put(folder / file.name, file.content)
        self.arrived += 1

    def _put(self, path: Path, content: bytes) -> None:
        unfinished = path.with_name(f"{path.name}.part")
        unfinished.write_bytes(content)
        unfinished.rename(path)

    def probe(self) -> None:
        """Time one file after the other, until the day is over."""
        number = 0
        while not self.over.wait(PROBE_SECONDS):
            if self.arrived - self.dealt_with() > CALM:
                continue
            number += 1
            path = self.inbox / f"probe-{number:06d}.txt"
            self._put(
                path, f"Council meets for session {number}\n\n{' '.join(['It met, the clerk said.'] * 30)}\n".encode()
            )
            began = time.perf_counter()
            looked_at = None
            while time.perf_counter() - began < PROBE_GIVEN_UP_SECONDS:
                if (newest := _inode(self.data / "warehouse.duckdb")) != looked_at and self._is_seen(path):
                    break
                looked_at = newest
                time.sleep(LOOK_SECONDS)
            with self._lock:
                self._latencies.append(1000 * (time.perf_counter() - began))

    def _is_seen(self, path: Path) -> bool:
        from warehouse import peek

        try:
            with peek.open_catalog(self.data) as catalog:
                return bool(
                    catalog.execute("SELECT 1 FROM files WHERE ends_with(file_uri, $1)", [path.name]).fetchall()
                )
        except peek.CatalogNotFound:
            return False

    def dealt_with(self) -> int:
        """Return how many files have a receipt, probes left out."""
        return sum(count for (count,) in self._ask("SELECT count(*) FROM arrivals WHERE file_uri NOT LIKE '%/probe-%'"))

    def sample(self, service: psutil.Process, seconds: float) -> Sample:
        """Measure the service."""
        with self._lock:
            latencies, self._latencies = self._latencies, []
        family = service.children(recursive=True)
        server = [one for one in family if _is_server(one)]
        small = self._ask(
            "SELECT count(*) FROM lake_files WHERE end_snapshot IS NULL AND size_bytes < ? GROUP BY table_name",
            SMALL_BYTES,
        )
        return Sample(
            round(seconds, 1),
            self.arrived,
            self.dealt_with(),
            round(statistics.median(latencies), 1) if latencies else None,
            _megabytes([service]),
            _megabytes([one for one in family if one not in server]),
            _megabytes(server),
            service.num_fds(),
            max((count for (count,) in small), default=0),
            _size_mb(self.data, "ledger.sqlite*"),
            _size_mb(self.data / "prefect", "prefect.db*"),
            _size_mb(self.data, "warehouse.duckdb"),
        )

    def _ask(self, query: str, *values: object) -> list[tuple[int]]:
        path = self.data / "ledger.sqlite"
        if not path.exists():
            return []
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
            return ledger.execute(query, values).fetchall()


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _is_server(process: psutil.Process) -> bool:
    try:
        return "flows.prefect_server_process" in process.cmdline()
    except psutil.Error:
        return False


def _megabytes(processes: Sequence[psutil.Process]) -> float:
    total = 0
    for process in processes:
        try:
            total += process.memory_full_info().uss
        except psutil.Error:
            continue
    return round(total / 1e6, 1)


def _size_mb(folder: Path, pattern: str) -> float:
    return round(sum(path.stat().st_size for path in folder.glob(pattern)) / 1e6, 2)


@contextmanager
def service(data: Path, log: Path) -> Iterator[psutil.Process]:
    """Run `copydesk serve` for a block, warm."""
    command = [sys.executable, "-c", PROGRAM, "serve", "--data", str(data)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=data.parent)
    try:
        end = time.monotonic() + UP_SECONDS
        while "serving" not in log.read_text():
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the service does not come up: {log.read_text()}")
            time.sleep(0.1)
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(UP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def live_through(folder: Path, options: argparse.Namespace) -> list[Sample]:
    """Return what was measured of a day."""
    day = Day(folder, options.seed)
    day.inbox.mkdir(parents=True)
    samples = []
    with service(day.data, folder / "service.log") as process:
        arrivals = threading.Thread(target=day.let_arrive, args=(options.arrivals, options.per_second))
        probes = threading.Thread(target=day.probe)
        began = time.monotonic()
        arrivals.start()
        probes.start()
        try:
            while arrivals.is_alive() or day.dealt_with() < day.arrived * 0.8:
                time.sleep(SAMPLE_SECONDS)
                samples.append(day.sample(process, time.monotonic() - began))
                print(_line(samples[-1]), file=sys.stderr, flush=True)
                if samples[-1].seconds > options.seconds:
                    break
                if len(samples) > 24 and samples[-1].dealt_with == samples[-24].dealt_with:
                    break  # nothing has moved for two minutes: it is stuck, and the table tells
        finally:
            day.over.set()
            arrivals.join()
            probes.join()
    return samples


def _line(sample: Sample) -> str:
    return "  ".join(f"{name} {value}" for name, value in asdict(sample).items())


def by_quarter(samples: Sequence[Sample]) -> dict[str, list[float | None]]:
    """Return the median of every measure in each quarter of the day."""
    size = max(len(samples) // 4, 1)
    quarters = [samples[at : at + size] for at in range(0, 4 * size, size)]
    table: dict[str, list[float | None]] = {}
    for one in fields(Sample)[3:]:
        columns = [[getattr(sample, one.name) for sample in quarter] for quarter in quarters]
        known = [[value for value in column if value is not None] for column in columns]
        table[one.name] = [statistics.median(column) if column else None for column in known]
    return table


def what_grew(samples: Sequence[Sample], table: dict[str, list[float | None]]) -> list[str]:
    """Return what must not have grown after the first quarter, which warms up."""
    found = []
    for name in ("service_mb", "workers_mb"):
        _, first, _, last = table[name]
        if first is not None and last is not None and last - first > GROWTH_MB:
            found.append(f"{name} grew by {last - first:.0f} MB")
    if (most := max(sample.small_files for sample in samples)) > SMALL_FILES:
        found.append(f"{most} small files in one table")
    _, files, _, last_files = table["open_files"]
    if files and last_files and last_files > files * 1.2:
        found.append(f"open files grew from {files} to {last_files}")
    _, latency, _, last_latency = table["latency_ms"]
    if latency and last_latency and last_latency > latency * 1.2:
        found.append(f"latency grew from {latency:.0f} to {last_latency:.0f} ms")
    return found


def to_svg(samples: Sequence[Sample]) -> str:
    """Return a panel per measure, over the seconds of the run."""
    names = [one.name for one in fields(Sample)[2:]]
    width, height, margin = 720, 70, 150
    end = max(sample.seconds for sample in samples)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + margin}" height="{height * len(names)}" '
             'font-family="sans-serif" font-size="11">']  # fmt: skip
    for row, name in enumerate(names):
        values = [(one.seconds, value) for one in samples if (value := getattr(one, name)) is not None]
        top = max((value for _, value in values), default=0) or 1
        foot = height * (row + 1) - 8
        points = " ".join(
            f"{margin + at / end * (width - 10):.1f},{foot - value / top * (height - 24):.1f}" for at, value in values
        )
        parts += [
            f'<text x="4" y="{foot - 20}">{name.replace("_", " ")}</text>',
            f'<text x="4" y="{foot - 6}">0 to {top:,.6g}</text>',
            f'<line x1="{margin}" x2="{width + margin}" y1="{foot}" y2="{foot}" stroke="#bbb"/>',
            f'<polyline points="{points}" fill="none" stroke="#14487a" stroke-width="1.3"/>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def main() -> int:
    """Run as a script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arrivals", type=int, default=86_400)
    parser.add_argument("--per-second", type=float, default=40.0, help="of a trickle; bursts come at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=4 * 3600.0, help="the day is cut short after so long")
    parser.add_argument("--out", default="day", help="beginning of the names of what is written")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copydesk-day-") as folder:
        samples = live_through(Path(folder), options)
    with open(f"{options.out}.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, [one.name for one in fields(Sample)])
        writer.writeheader()
        writer.writerows(asdict(sample) for sample in samples)
    Path(f"{options.out}.svg").write_text(to_svg(samples))
    table = by_quarter(samples)
    for name, values in table.items():
        print(f"{name:14}" + "".join(f"{value:>12.1f}" if value is not None else f"{'-':>12}" for value in values))
    grew = what_grew(samples, table)
    print(
        f"{samples[-1].dealt_with} of {samples[-1].arrived} in {samples[-1].seconds:.0f} s; "
        + ("; ".join(grew) or "nothing grew")
    )
    return 1 if grew else 0


if __name__ == "__main__":
    sys.exit(main())
