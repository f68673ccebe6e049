"""`copydesk status --health`: what a watchman is told, and with which exit code."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from newsroom import article
from small_desk import land, rows

from flows import health, nameplates
from flows.hand_over import plate_of
from warehouse import claims, paths
from warehouse.ledger import Ledger

Run = Callable[..., Result]
NOW = datetime.now(UTC)
SLOW = {"prefect", "great_expectations", "pandas", "numpy", "pyarrow", "sqlalchemy", "pydantic", "pydantic_settings"}
LOOK = """
import json, sys
from flows.cli import cli
try:
    cli(["status", "--health", "--data", sys.argv[1]])
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A warehouse with a landing, and an empty inbox."""
    root = tmp_path / "data"
    land(root, rows())
    (root / "inbox").mkdir()
    return root


@pytest.fixture
def served(desk: Path) -> Iterator[Path]:
    """The same, and somebody who holds the seat of its service."""
    plate_of(desk).parent.mkdir()
    seat = nameplates.lock(plate_of(desk))
    assert seat is not None
    nameplates.write(seat, {"pid": 4711, "inbox": [str(desk / "inbox")]})
    yield desk
    seat.close()


def found(root: Path, now: datetime = NOW) -> dict[str, tuple[str, str]]:
    """Return verdict and words by what they are about."""
    return {one.about: (one.verdict, one.found) for one in health.look(root, None, now)}


def test_a_desk_that_is_served_and_keeps_up_is_healthy(run: Run, served: Path) -> None:
    result = run("status", "--health", "--json", "--data", served)

    told = json.loads(result.stdout)
    assert result.exit_code == 0, result.output
    assert told["is_healthy"]
    assert {one["about"] for one in told["findings"]} == {
        *("service", "Prefect server", "disk", "ledger", "last landing", "runs", "catalog", "compaction", "inbox")
    }


def test_a_desk_that_nobody_serves_is_not(run: Run, desk: Path) -> None:
    result = run("status", "--health", "--data", desk)

    assert result.exit_code == 1
    assert "FAIL  service" in result.stdout
    assert "copydesk serve" in result.stdout


def test_a_look_imports_nothing_slow(desk: Path) -> None:
    done = subprocess.run([sys.executable, "-c", LOOK, str(desk)], capture_output=True, text=True, timeout=60)

    assert done.returncode == 1, done.stderr
    assert SLOW.isdisjoint(json.loads(done.stderr.splitlines()[-1]))


def test_a_file_that_waits_is_counted_and_one_that_waits_for_long_is_unhealthy(served: Path) -> None:
    (served / "inbox" / "new.txt").write_text(article(1))
    (served / "inbox" / "new.json").write_text("{}")
    (served / "inbox" / "unfinished.txt.part").write_text("half")

    assert found(served, datetime.now(UTC))["inbox"][0] == "ok"
    verdict, words = found(served, datetime.now(UTC) + timedelta(hours=1))["inbox"]

    assert verdict == "fail"
    assert words.startswith("1 files wait")
    assert words.endswith("/inbox/new.txt")


def test_a_failed_run_is_told_with_its_error_until_another_one_is_done(served: Path) -> None:
    ledger = Ledger(served)
    run = claims.begin_run(ledger, "event", now=NOW, version="1")
    claims.fail_run(ledger, run.run_id, "OSError: No space left on device", now=NOW)
    run.close()
    ledger.close()

    verdict, words = found(served)["runs"]

    assert (verdict, words) == ("fail", "the last one failed: OSError: No space left on device")


def test_a_run_whose_process_is_gone_is_named(served: Path) -> None:
    ledger = Ledger(served)
    run = claims.begin_run(ledger, "event", now=NOW, version="1")
    assert found(served)["runs"][0] == "ok"

    run.close()

    assert found(served)["runs"] == ("warn", f"{run.run_id} died")
    ledger.close()


def test_a_ledger_that_somebody_holds_locked_is_unhealthy(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.vitals.WRITE_SECONDS", 0.05)
    holder = sqlite3.connect(paths.ledger(served), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    assert found(served)["ledger"] == ("fail", "nobody can write: database is locked")

    holder.close()


def test_a_ledger_that_is_none_is_told_and_raises_nothing(served: Path) -> None:
    for name in os.listdir(served):
        if name.startswith("ledger.sqlite"):
            (served / name).write_bytes(b"no database at all, but long enough to be taken for one" * 99)

    verdict, words = found(served)["ledger"]

    assert verdict == "fail"
    assert words.startswith("it cannot be read")


def test_a_server_that_does_not_answer_is_unhealthy(served: Path) -> None:
    plate: dict[str, Any] = {"pid": 4711, "api": "http://127.0.0.1:9/api"}

    finding = health._server(served, plate)

    assert finding.verdict == "fail"
    assert "http://127.0.0.1:9/api" in finding.found
