"""A service without Prefect: the same rows, the same timetable, and nothing of Prefect."""

from __future__ import annotations

import asyncio
import json
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import services
from newsroom import article
from services import PROGRAM, RunningService, until

from flows import deployments, lone_office, office
from flows.desk import Desk, say_nothing, utc_now
from flows.direct import ingest_directly
from flows.journal import Journal
from flows.lone_office import Appointment, LoneOffice
from flows.runs import Request, Summary
from flows.service import Service
from flows.settings import Settings, load

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
IMPORTS = """
import sys
import flows.service, flows.lone_office, flows.serve
sys.exit("prefect" in sys.modules)
"""


class Runner:
    """Counts what it is asked to run."""

    def __init__(self) -> None:
        self.runs = self.chores = 0
        self.beside: list[asyncio.Future[Any]] = []

    async def run_one(self, work: Awaitable[Any]) -> object:
        self.runs += 1
        return await work

    @property
    def has_chore(self) -> bool:
        return any(not chore.done() for chore in self.beside)

    def run_beside(self, work: Awaitable[Any]) -> None:
        self.chores += 1
        self.beside.append(asyncio.ensure_future(work))


class BusyOffice(LoneOffice):
    """Has one chore, which ends when it is told to."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        super().__init__(settings, now)
        self.is_busy, self.is_free = threading.Event(), threading.Event()

    async def run_due(self, desk: Desk, runner: office.Runner) -> None:
        if not self.is_busy.is_set():
            self.is_busy.set()
            runner.run_beside(asyncio.to_thread(self.is_free.wait, services.UP_SECONDS))


class PausedOffice(LoneOffice):
    """Begins to ingest what is handed over when it is told to."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        super().__init__(settings, now)
        self.is_asked, self.may_begin = threading.Event(), threading.Event()

    async def ingest(self, desk: Desk, request: Request) -> Summary:
        if request.trigger == "manual":
            self.is_asked.set()
            await asyncio.to_thread(self.may_begin.wait, services.UP_SECONDS)
        return await super().ingest(desk, request)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("alone")
    (folder / "copydesk.toml").write_text("[schedules]\nreport_after_seconds = 1\n")
    with services.running(folder / "data", "--no-ui") as service:
        yield service


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"data": str(tmp_path / "data")}, config=None)


def landed(data: Path) -> list[tuple[Any, ...]]:
    catalog = data / "warehouse.duckdb"
    if not catalog.exists():
        return []
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{catalog}' AS w (READ_ONLY)")
        columns = "parse_filename(file_uri), trigger, flow_run_id"
        return connection.execute(f"SELECT {columns} FROM w.articles JOIN w.runs USING (run_id) ORDER BY 1").fetchall()


@pytest.mark.slow
def test_a_file_that_arrives_is_a_row_and_then_in_the_report(service: RunningService) -> None:
    (service.inbox / "one.txt.part").write_text(article(1))
    (service.inbox / "one.txt.part").rename(service.inbox / "one.txt")

    assert until(lambda: landed(service.data)) == [("one.txt", "event", None)]
    assert until((service.data / "reports" / "index.html").exists)
    assert service.servers() == []
    assert not list((service.data / "prefect").glob("*.db"))


@pytest.mark.slow
def test_files_are_handed_over_to_it(service: RunningService, tmp_path: Path) -> None:
    (tmp_path / "two.txt").write_text(article(2))
    command = [sys.executable, "-c", PROGRAM, "ingest", str(tmp_path / "two.txt"), "--data", str(service.data)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=services.UP_SECONDS)

    assert done.returncode == 0, done.stderr
    assert "handed over" in done.stderr
    assert ("two.txt", "manual", None) in landed(service.data)


def test_nothing_of_it_imports_prefect() -> None:
    assert subprocess.run([sys.executable, "-c", IMPORTS], timeout=services.UP_SECONDS).returncode == 0


def test_its_timetable_is_that_of_prefects_deployments(settings: Settings) -> None:
    planned = {one.name: (one.cron, one.interval_seconds) for one in deployments.plan(settings)}
    scheduled = {name: when for name, when in planned.items() if when != (None, None)}

    assert {name: (one.cron, one.every_seconds) for name, one in lone_office.plan(settings).items()} == scheduled


@pytest.mark.parametrize(
    ("appointment", "due"),
    [
        (Appointment(lambda _: asyncio.sleep(0), "17 5 * * *"), NOON + timedelta(hours=17, minutes=17)),
        (Appointment(lambda _: asyncio.sleep(0), "*/5 * * * *"), NOON + timedelta(minutes=5)),
        (Appointment(lambda _: asyncio.sleep(0), "17 5 * * *", 30.0), NOON + timedelta(seconds=30)),
    ],
)
def test_an_appointment_is_due_at_its_cron_line_or_after_its_seconds(appointment: Appointment, due: datetime) -> None:
    assert appointment.after(NOON) == due


def test_a_chore_that_was_missed_several_times_is_done_once(settings: Settings, tmp_path: Path) -> None:
    clock = [NOON]
    alone = LoneOffice(settings, lambda: clock[0])
    runner = Runner()

    async def live() -> list[int]:
        counts = []
        async with Desk(settings) as desk:
            for moment in (NOON, NOON + timedelta(minutes=17), NOON + timedelta(minutes=18)):
                clock[0] = moment
                await alone.run_due(desk, runner)
                counts.append(runner.runs)
        return counts

    assert asyncio.run(live()) == [0, 1, 1]
    assert runner.chores == 0


def test_chores_are_done_one_at_a_time_beside_the_arrivals(settings: Settings) -> None:
    clock = [NOON]
    alone = LoneOffice(settings, lambda: clock[0])
    runner = Runner()

    async def live() -> None:
        async with Desk(settings) as desk:
            clock[0] = NOON + timedelta(days=1)
            await alone.run_due(desk, runner)
            assert (runner.runs, runner.chores) == (1, 1)
            await alone.run_due(desk, runner)
            assert (runner.runs, runner.chores) == (1, 1)
            while runner.chores < 4:
                await asyncio.gather(*runner.beside)
                await alone.run_due(desk, runner)

    asyncio.run(live())


@pytest.mark.slow
def test_a_file_that_arrives_does_not_wait_for_a_chore(settings: Settings) -> None:
    busy = BusyOffice(settings, utc_now)
    serving = threading.Event()
    service = Service(settings, busy, Journal("text", "ERROR"), lambda _: serving.set())
    thread = threading.Thread(target=lambda: asyncio.run(service.run()))
    thread.start()
    try:
        assert serving.wait(services.UP_SECONDS)
        assert busy.is_busy.wait(services.SOON_SECONDS)
        (settings.inbox[0] / "while-busy.txt").write_text(article(3))
        until(lambda: landed(settings.data))
        assert not busy.is_free.is_set()
    finally:
        busy.is_free.set()
        service.stop()
        thread.join(services.SOON_SECONDS)
    assert not thread.is_alive()


@pytest.mark.slow
def test_what_was_handed_over_lands_and_is_compacted_when_the_service_ends_meanwhile(tmp_path: Path) -> None:
    small = {"batch_files": 1, "compact_above": 4, "workers": 1}
    settings = load({"data": str(tmp_path / "data"), **small}, config=None)
    paths = [tmp_path / f"{number}.txt" for number in range(5)]
    for number, path in enumerate(paths):
        path.write_text(article(number))
    ingest_directly(settings, Request(paths[:4]), say_nothing)
    paused = PausedOffice(settings, utc_now)
    places: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()
    service = Service(settings, paused, Journal("text", "ERROR"), places.put)
    thread = threading.Thread(target=lambda: asyncio.run(service.run()))
    thread.start()
    try:
        reception = places.get(timeout=services.UP_SECONDS)
        with socket.create_connection(("127.0.0.1", reception["port"]), timeout=services.UP_SECONDS) as caller:
            asked = {"word": reception["word"], "paths": [str(paths[4])], "trigger": "manual"}
            caller.sendall(json.dumps(asked).encode() + b"\n")
            assert paused.is_asked.wait(services.SOON_SECONDS)
            service.stop()
            threading.Event().wait(1)  # the watcher ends, which nothing tells of
            paused.may_begin.set()
            (*_, answer) = caller.makefile("rb")
    finally:
        paused.may_begin.set()
        service.stop()
        thread.join(services.SOON_SECONDS)

    assert not thread.is_alive()
    assert "account" in json.loads(answer), answer
    assert len(landed(settings.data)) == 5
    assert len(list((settings.data / "lake" / "articles").glob("*"))) == 6
