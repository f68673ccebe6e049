"""A service without Prefect: the same rows, the same timetable, and nothing of Prefect."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import services
from newsroom import article
from services import PROGRAM, RunningService, until

from flows import deployments, lone_office
from flows.desk import Desk
from flows.lone_office import Appointment, LoneOffice
from flows.settings import Settings, load

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
IMPORTS = """
import sys
import flows.service, flows.lone_office, flows.serve
sys.exit("prefect" in sys.modules)
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("alone")
    (folder / "copydesk.toml").write_text("[schedules]\nreport_after_seconds = 1\n")
    service = services.start(folder / "data", "--no-ui")
    yield service
    service.process.terminate()
    try:
        assert service.process.wait(services.SOON_SECONDS) == 0
    finally:
        service.process.kill()
        service.process.wait()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"data": str(tmp_path / "data")}, config=None)


def landed(service: RunningService) -> list[tuple[Any, ...]]:
    catalog = service.data / "warehouse.duckdb"
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

    assert until(lambda: landed(service)) == [("one.txt", "event", None)]
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
    assert ("two.txt", "manual", None) in landed(service)


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
    office = LoneOffice(settings, lambda: clock[0])
    done: list[Awaitable[Any]] = []

    async def run_one(work: Awaitable[Any]) -> None:
        done.append(work)
        await work

    async def live() -> list[int]:
        counts = []
        async with Desk(settings) as desk:
            for moment in (NOON, NOON + timedelta(minutes=17), NOON + timedelta(minutes=18)):
                clock[0] = moment
                await office.run_due(desk, run_one)
                counts.append(len(done))
        return counts

    assert asyncio.run(live()) == [0, 1, 1]
