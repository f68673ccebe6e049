"""The service as its users meet it: a process, an inbox, rows for another process, and Prefect's own account of it.

This also guards the caps on fastapi and sqlalchemy: beyond them the server doesn't start, or never schedules.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
import services
from services import PROGRAM, RunningService, until

pytestmark = pytest.mark.slow

ARTICLE = """Harbour bridge reopens after repairs

The harbour bridge in Port Ellis reopened on Tuesday after four months of repairs, the city said.

Engineers replaced two hundred metres of cable and painted every pillar, and traffic was back to normal by noon.
"""
WARM_UP = """
import sys
from pathlib import Path
from flows.prefect_home import configure_prefect
from flows.prefect_server import join_server
configure_prefect(Path(sys.argv[1]))
with join_server(Path(sys.argv[1])) as server:
    server.wait()
"""


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder whose Prefect database is made, which takes most of a first start."""
    data = tmp_path_factory.mktemp("migrated") / "data"
    subprocess.run([sys.executable, "-c", WARM_UP, str(data)], check=True, timeout=150)
    return data


@pytest.fixture(scope="session")
def service(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """Return a service that sweeps every five seconds."""
    folder = tmp_path_factory.mktemp("service")
    (folder / "copydesk.toml").write_text("[schedules]\ningest_seconds = 5\n")
    shutil.copytree(migrated, folder / "data")
    service = services.start(folder / "data")
    yield service
    service.process.terminate()
    try:
        assert service.process.wait(services.SOON_SECONDS) == 0
    finally:
        service.process.kill()
        service.process.wait()


@pytest.fixture
def start() -> Iterator[Callable[..., RunningService]]:
    """Start services that are gone after the test, whatever became of it."""
    started: list[RunningService] = []

    def start_one(data: Path) -> RunningService:
        started.append(services.start(data, "--no-ui"))
        return started[-1]

    yield start_one
    for service in started:
        service.process.kill()
        service.process.wait()


def drop(service: RunningService, name: str, text: str) -> None:
    unfinished = service.inbox / f"{name}.part"
    unfinished.write_text(text)
    unfinished.rename(service.inbox / name)


def headlines(service: RunningService, name: str) -> list[tuple[str]]:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{service.data / 'warehouse.duckdb'}' AS w (READ_ONLY)")
        return connection.execute("SELECT headline FROM w.articles WHERE file_uri LIKE '%' || $1", [name]).fetchall()


def completed_tasks(service: RunningService, flow_run_id: str) -> set[str]:
    tasks = service.ask("/task_runs/filter", {"flow_runs": {"id": {"any_": [flow_run_id]}}})
    return {task["name"].rpartition("-")[0] for task in tasks if task["state_type"] == "COMPLETED"}


def test_a_file_that_arrives_is_a_row_for_others_and_a_flow_run_with_its_tasks(service: RunningService) -> None:
    drop(service, "bridge.txt", ARTICLE)

    until(lambda: (service.data / "warehouse.duckdb").exists())
    assert until(lambda: headlines(service, "bridge.txt")) == [("Harbour bridge reopens after repairs",)]
    assert until(
        lambda: any(
            completed_tasks(service, run["id"]) == {"prepare", "validate", "deduplicate", "land", "publish"}
            for run in service.flow_runs(state_type="COMPLETED")
            if run["parameters"].get("trigger") == "event"
        )
    )


def test_a_scheduled_run_appears_and_completes(service: RunningService) -> None:
    [run, *_] = until(lambda: [run for run in service.flow_runs(state_type="COMPLETED") if run["deployment_id"]])

    deployment = service.ask(f"/deployments/{run['deployment_id']}")
    assert deployment["name"] == "ingest-sweep"
    assert deployment["entrypoint"] == "flows.ingest.ingest"
    assert run["auto_scheduled"]
    assert until(lambda: service.flow_runs(state_type="SCHEDULED"))


def test_a_second_service_of_the_same_folder_is_refused_and_told_who_serves(service: RunningService) -> None:
    second = subprocess.run(
        [sys.executable, "-c", PROGRAM, "serve", "--data", str(service.data)],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert second.returncode == 1
    assert f"process {service.process.pid} serves it, with Prefect at {service.url}" in second.stderr
    assert service.process.poll() is None


def test_an_ingest_shows_in_the_pages_of_the_service(service: RunningService, tmp_path: Path) -> None:
    file = tmp_path / "given.txt"
    file.write_text(ARTICLE.replace("bridge", "tunnel"))

    subprocess.run(
        [sys.executable, "-c", PROGRAM, "ingest", str(file), "--data", str(service.data)], check=True, timeout=60
    )

    assert any(run["parameters"].get("paths") == [str(file)] for run in service.flow_runs(state_type="COMPLETED"))


def test_sigterm_ends_the_service_with_0_and_no_process_stays(
    migrated: Path, tmp_path: Path, start: Callable[..., RunningService]
) -> None:
    shutil.copytree(migrated, tmp_path / "data")
    service = start(tmp_path / "data")
    family = service.family()

    service.process.send_signal(signal.SIGTERM)

    assert service.process.wait(services.SOON_SECONDS) == 0
    services.assert_gone(family)


def test_of_a_killed_service_no_process_stays_and_the_next_one_closes_its_runs(
    migrated: Path, tmp_path: Path, start: Callable[..., RunningService]
) -> None:
    shutil.copytree(migrated, tmp_path / "data")
    killed = start(tmp_path / "data")
    flow = killed.ask("/flows/filter", {"flows": {"name": {"any_": ["ingest"]}}})[0]
    left = killed.ask("/flow_runs/", {"flow_id": flow["id"], "state": {"type": "RUNNING"}})
    family = killed.family()

    killed.process.kill()
    killed.process.wait()
    services.assert_gone(family)
    next_one = start(tmp_path / "data")

    assert next_one.ask(f"/flow_runs/{left['id']}")["state_type"] == "CRASHED"
    next_one.process.terminate()
    assert next_one.process.wait(services.SOON_SECONDS) == 0


def test_a_prefect_server_that_dies_is_started_again_at_the_same_address(service: RunningService) -> None:
    address = json.loads((service.data / "prefect" / "server.json").read_text())
    [server] = service.servers()

    server.kill()

    until(lambda: service.servers() not in ([], [server]))
    drop(service, "after.txt", ARTICLE.replace("bridge", "ferry"))
    assert until(lambda: headlines(service, "after.txt"), 60) == [("Harbour ferry reopens after repairs",)]
    assert json.loads((service.data / "prefect" / "server.json").read_text()) == address
