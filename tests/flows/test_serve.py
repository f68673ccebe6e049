"""The service as its users meet it: a process, an inbox, rows for another process, and Prefect's own account of it.

This also guards the caps on fastapi and sqlalchemy: beyond them the server doesn't start, or never schedules.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import newsroom
import pytest
import services
from newsroom import Newsroom, article
from prefect.client.orchestration import PrefectClient
from services import PROGRAM, RunningService, until

from flows import prefect_room
from flows.workers import Workers

pytestmark = pytest.mark.slow

ARTICLE = """Harbour bridge reopens after repairs

The harbour bridge in Port Ellis reopened on Tuesday after four months of repairs, the city said.

Engineers replaced two hundred metres of cable and painted every pillar, and traffic was back to normal by noon.
"""
HUNG_SECONDS = 200.0
"""A server that has just been started may take 20 looks of 8 s before it counts as one that hangs."""
CHAIN_SECONDS = 240.0
"""An event goes through five of the server's services, and each has its own clock."""
LISTING = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr))
from flows.cli import main
main()
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
    """Return a service that sweeps every five seconds and reports one second after a landing; Prefect tidies often."""
    folder = tmp_path_factory.mktemp("service")
    (folder / "copydesk.toml").write_text("[schedules]\ningest_seconds = 5\nreport_after_seconds = 1\n")
    shutil.copytree(migrated, folder / "data")
    with services.running(folder / "data", env={"PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "10"}) as service:
        yield service


@pytest.fixture
def start() -> Iterator[Callable[..., RunningService]]:
    """Start services that are gone after the test, whatever became of it."""
    started: list[RunningService] = []

    def start_one(data: Path, *options: str) -> RunningService:
        started.append(services.start(data, *options))
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
    """Return the headlines of a file's articles, as soon as there is a catalog; `_` stands for any character."""
    if not (service.data / "warehouse.duckdb").exists():
        return []
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{service.data / 'warehouse.duckdb'}' AS w (READ_ONLY)")
        return connection.execute("SELECT headline FROM w.articles WHERE file_uri LIKE '%' || $1", [name]).fetchall()


def completed_tasks(service: RunningService, flow_run_id: str) -> set[str]:
    tasks = service.ask("/task_runs/filter", {"flow_runs": {"id": {"any_": [flow_run_id]}}})
    return {task["name"].rpartition("-")[0] for task in tasks if task["state_type"] == "COMPLETED"}


def test_a_file_that_arrives_is_a_row_for_others_and_a_flow_run_with_its_tasks(service: RunningService) -> None:
    drop(service, "bridge.txt", ARTICLE)

    assert until(lambda: headlines(service, "bridge.txt")) == [("Harbour bridge reopens after repairs",)]
    assert until(
        lambda: any(
            completed_tasks(service, run["id"]) == {"prepare", "validate", "deduplicate", "land", "publish"}
            for run in service.flow_runs(state_type="COMPLETED")
            if run["parameters"].get("trigger") == "event"
        )
    )


def test_a_landing_is_an_event_on_which_a_report_is_built(service: RunningService) -> None:
    drop(service, "pier.txt", ARTICLE.replace("bridge", "pier"))

    event = until(lambda: service.events("copydesk.articles.landed"), CHAIN_SECONDS)[0]
    assert event["resource"]["prefect.resource.id"] == f"copydesk.warehouse.{service.data}"
    assert event["payload"]["articles"] == sum(event["payload"]["sources"].values()) > 0
    assert {"flow-run", "flow"} <= {one["prefect.resource.role"] for one in event["related"]}
    [report] = service.ask("/deployments/filter", {"deployments": {"name": {"any_": ["report"]}}})
    reported = {"deployment_id": report["id"], "auto_scheduled": False, "state_type": "COMPLETED"}
    assert until(lambda: service.flow_runs(**reported), CHAIN_SECONDS)
    assert (service.data / "reports" / "index.html").exists()


def test_files_that_others_offer_become_rows(service: RunningService, tmp_path: Path) -> None:
    offered = tmp_path / "offered.txt"
    offered.write_text(ARTICLE.replace("bridge", "lock"))

    service.emit("copydesk.files.offered", {"paths": [str(offered)]})

    assert until(lambda: headlines(service, "offered.txt"), CHAIN_SECONDS) == [("Harbour lock reopens after repairs",)]
    [run] = until(lambda: [run for run in service.flow_runs(state_type="COMPLETED") if str(offered) in str(run)])
    assert service.ask(f"/deployments/{run['deployment_id']}")["name"] == "ingest-offered"


def test_a_kill_is_an_event(service: RunningService) -> None:
    item = {"uri": "urn:pa:7", "headline": "Mole opens", "versioncreated": "2024-05-01T08:00:00Z", "body_text": ARTICLE}
    kill = {"uri": "urn:pa:7", "pubstatus": "canceled", "versioncreated": "2024-05-01T09:00:00Z"}

    drop(service, "items.ndjson", "\n".join(json.dumps({**one, "provider": "pa"}) for one in (item, kill)))

    events = until(lambda: service.events("copydesk.article.killed"), CHAIN_SECONDS)
    assert all(event["payload"]["article_id"] in event["resource"]["prefect.resource.id"] for event in events)
    assert events[0]["related"][0]["prefect.resource.id"] == f"copydesk.warehouse.{service.data}"


def test_articles_are_made_anew_when_somebody_asks_for_it_in_the_pages(service: RunningService) -> None:
    drop(service, "causeway.txt", ARTICLE.replace("bridge", "causeway"))
    until(lambda: headlines(service, "causeway.txt"))
    [deployment] = service.ask("/deployments/filter", {"deployments": {"name": {"any_": ["reprocess"]}}})

    asked = {"parameters": {**deployment["parameters"], "stale": False}}
    run = service.ask(f"/deployments/{deployment['id']}/create_flow_run", asked)

    [event, *_] = until(lambda: service.events("copydesk.articles.reprocessed"), CHAIN_SECONDS)
    assert event["payload"]["articles"] >= 1
    assert until(lambda: service.flow_runs(id=run["id"], state_type="COMPLETED"), CHAIN_SECONDS)
    assert headlines(service, "causeway.txt") == [("Harbour causeway reopens after repairs",)]


def test_runs_and_events_older_than_the_retention_go(service: RunningService) -> None:
    drop(service, "slip.txt", ARTICLE.replace("bridge", "slip"))
    until(lambda: service.events("copydesk.articles.landed"), CHAIN_SECONDS)
    run = until(lambda: service.flow_runs(state_type="COMPLETED"))[-1]
    of_run = f"flow_run_id = '{run['id']}'"
    until(lambda: count(service, "log", f"{of_run} AND task_run_id IS NULL AND message LIKE 'Finished in state%'"))

    with closing(sqlite3.connect(service.data / "prefect" / "prefect.db", timeout=30)) as database, database:
        database.execute("UPDATE flow_run SET end_time = '2020-01-01 00:00:00.000000' WHERE id = ?", [run["id"]])
        for table in ("events", "event_resources"):
            changed = database.execute(f"UPDATE {table} SET occurred = '2020-01-01 00:00:00.000000'").rowcount
            assert changed

    until(lambda: run["id"] not in {one["id"] for one in service.flow_runs()}, CHAIN_SECONDS)
    until(lambda: not count(service, "events", "occurred < '2021'"), CHAIN_SECONDS)
    until(lambda: not count(service, "event_resources", "occurred < '2021'"), CHAIN_SECONDS)
    until(lambda: not count(service, "log", of_run), CHAIN_SECONDS)


def test_the_oldest_runs_make_room_in_the_database(service: RunningService) -> None:
    now = datetime.now(UTC)
    flow = service.ask("/flows/", {"name": "of-days-ago"})
    made = [
        service.ask("/flow_runs/", {"flow_id": flow["id"], "state": {"type": "COMPLETED"}})["id"] for _ in range(24)
    ]
    with closing(sqlite3.connect(service.data / "prefect" / "prefect.db", timeout=180)) as database, database:
        for number, run in enumerate(made):
            ended = (now - timedelta(days=6) + number * timedelta(hours=6)).strftime("%Y-%m-%d %H:%M:%S.%f")
            database.execute("UPDATE flow_run SET start_time = ?, end_time = ? WHERE id = ?", [ended, ended, run])

    async def make_room() -> int:
        async with PrefectClient(f"{service.url}/api") as client:
            return await prefect_room.make_room(client, now=now)

    home = service.data / "prefect"
    assert asyncio.run(make_room()) == 3  # of the first 14 of 144 hours
    assert {run["id"] for run in service.flow_runs(flow_id=flow["id"])} == set(made[3:])
    assert prefect_room.used_bytes(home) > 0
    assert prefect_room.used_bytes(home / "elsewhere") == 0


def count(service: RunningService, table: str, condition: str) -> int:
    """Return how many rows a table of Prefect's database has."""
    with closing(sqlite3.connect(service.data / "prefect" / "prefect.db", timeout=30)) as database:
        (number,) = database.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()
    return int(number)


def test_a_scheduled_run_appears_and_completes(service: RunningService) -> None:
    [sweep] = service.ask("/deployments/filter", {"deployments": {"name": {"any_": ["ingest-sweep"]}}})
    [run, *_] = until(lambda: service.flow_runs(state_type="COMPLETED", deployment_id=sweep["id"]))

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
        timeout=180,
    )

    assert second.returncode == 1
    assert f"process {service.process.pid} serves it, with Prefect at {service.url}" in second.stderr
    assert service.process.poll() is None


def test_an_ingest_shows_in_the_pages_of_the_service(service: RunningService, tmp_path: Path) -> None:
    file = tmp_path / "given.txt"
    file.write_text(ARTICLE.replace("bridge", "tunnel"))

    subprocess.run(
        [sys.executable, "-c", PROGRAM, "ingest", str(file), "--data", str(service.data)], check=True, timeout=180
    )

    until(
        lambda: any(run["parameters"].get("paths") == [str(file)] for run in service.flow_runs(state_type="COMPLETED"))
    )


def test_a_command_hands_files_over_without_importing_what_is_slow(service: RunningService, tmp_path: Path) -> None:
    for name in ("quay", "dock"):
        (tmp_path / f"{name}.txt").write_text(ARTICLE.replace("bridge", name))

    done = subprocess.run(
        [sys.executable, "-c", LISTING, "ingest", "--json", "quay.txt", "dock.txt", "--data", str(service.data)],
        capture_output=True,
        text=True,
        timeout=180,
        cwd=tmp_path,
    )

    assert done.returncode == 0, done.stderr
    imported = set(json.loads(done.stderr.splitlines()[-1]))
    assert not imported & {"prefect", "great_expectations", "sqlalchemy", "pyarrow", "pandas", "pydantic", "duckdb"}
    row = json.loads(done.stdout)
    assert (row["status"], row["trigger"], row["files"], row["articles"]) == ("done", "manual", 2, 2)
    assert headlines(service, "quay.txt") == [("Harbour quay reopens after repairs",)]


def test_the_receipt_of_files_handed_over_is_that_of_a_plain_ingest(service: RunningService, tmp_path: Path) -> None:
    (tmp_path / "mole.txt").write_text(newsroom.article(77))
    (tmp_path / "empty.txt").write_text("")
    command = [sys.executable, "-c", PROGRAM, "ingest", "mole.txt", "empty.txt", "--data"]

    handed = subprocess.run([*command, str(service.data)], capture_output=True, text=True, timeout=180, cwd=tmp_path)
    alone = subprocess.run(
        [*command, str(tmp_path / "data"), "--direct"], capture_output=True, text=True, timeout=90, cwd=tmp_path
    )

    assert handed.returncode == alone.returncode == 0
    assert told(handed.stderr, service.data) == told(alone.stderr, tmp_path / "data")


def told(stderr: str, data: Path) -> list[str]:
    """Return the account in what a command said, without progress, times and the place of the data folder."""
    lines = stderr.replace(str(data), "DATA").splitlines()
    account = lines[next(at for at, line in enumerate(lines) if line.startswith("came in:")) :]
    return [line for line in account if not line.startswith("time:")]


def test_a_command_whose_service_dies_says_that_the_files_are_safe(
    tmp_path: Path, start: Callable[..., RunningService]
) -> None:
    killed = start(tmp_path / "data", "--no-ui")
    (tmp_path / "many").mkdir()
    for number in range(400):
        (tmp_path / "many" / f"{number}.txt").write_text(ARTICLE.replace("bridge", f"bridge {number}"))
    command = [sys.executable, "-c", PROGRAM, "ingest", str(tmp_path / "many"), "--data", str(killed.data)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as waiting:
        try:
            assert waiting.stderr is not None
            assert "handed over" in waiting.stderr.readline()
            killed.process.kill()
            said = waiting.stderr.read()
            code = waiting.wait(services.SOON_SECONDS)
        finally:
            waiting.kill()

    assert code == 1
    assert f"process {killed.process.pid}, to which they were handed, is gone" in said
    assert "the files are where they were" in said


def test_sigterm_lets_the_batch_in_hand_land_and_ends_with_0_and_the_next_run_takes_the_rest(
    migrated: Path, tmp_path: Path, start: Callable[..., RunningService], workers: Workers
) -> None:
    (tmp_path / "copydesk.toml").write_text("batch_files = 1\n")
    shutil.copytree(migrated, tmp_path / "data")
    service = start(tmp_path / "data")
    family = service.family()
    for number in range(20):
        drop(service, f"{number}.txt", article(number))
    until((service.data / "warehouse.duckdb").exists)

    service.process.send_signal(signal.SIGTERM)

    assert service.process.wait(services.SOON_SECONDS) == 0
    services.assert_gone(family)
    newsroom = Newsroom(tmp_path, workers, inbox=[service.inbox])
    assert newsroom.findings() == ()
    assert 0 < newsroom.value("SELECT count(*) FROM articles") < 20
    newsroom.ingest(service.inbox, only_new=True)
    assert newsroom.value("SELECT count(*) FROM articles") == 20
    assert newsroom.value("SELECT count(*) FROM repeats") == 0


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


def test_a_prefect_server_that_hangs_is_started_again(service: RunningService) -> None:
    [server] = service.servers()

    server.suspend()

    until(lambda: service.servers() and server not in service.servers(), HUNG_SECONDS)
    drop(service, "hung.txt", ARTICLE.replace("bridge", "pontoon"))
    assert until(lambda: headlines(service, "hung.txt")) == [("Harbour pontoon reopens after repairs",)]


def test_a_prefect_server_that_dies_is_started_again_at_the_same_address(service: RunningService) -> None:
    address = json.loads((service.data / "prefect" / "server.json").read_text())
    [server] = service.servers()
    for number in range(5):
        drop(service, f"meanwhile-{number}.txt", article(number))

    server.kill()

    until(lambda: service.servers() not in ([], [server]))
    until(lambda: len(headlines(service, "meanwhile-_.txt")) == 5)
    drop(service, "after.txt", ARTICLE.replace("bridge", "ferry"))
    assert until(lambda: headlines(service, "after.txt")) == [("Harbour ferry reopens after repairs",)]
    assert json.loads((service.data / "prefect" / "server.json").read_text()) == address
