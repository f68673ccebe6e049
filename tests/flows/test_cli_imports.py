"""What the quick commands import, looked up in a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse import catalog
from warehouse.claims import begin_run
from warehouse.landing import Landing, RunEnd, committer, land
from warehouse.ledger import Ledger

SLOW = {"prefect", "great_expectations", "pandas", "numpy", "pyarrow", "sqlalchemy", "pydantic", "pydantic_settings"}

EXAMPLE = str(Path(__file__).parents[2] / "docs" / "watchlists" / "harbour-strike.toml")

PROGRAM = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr))
from flows.cli import main
main()
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty warehouse, published."""
    data = tmp_path_factory.mktemp("light") / "data"
    now = datetime(2024, 5, 1, tzinfo=UTC)
    ledger = Ledger(data)
    run = begin_run(ledger, "manual", now=now, version="1")
    with committer(ledger):
        land(ledger, Landing(run.run_id, {}, end=RunEnd()), now=now)
    run.close()
    catalog.publish(data, ledger.read_snapshot())
    ledger.close()
    return data


def imported_by(*arguments: str) -> set[str]:
    """Return the top-level modules that a command has imported when it ends well."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["sql", "--help"], ["ingest", "--help"]])
def test_help_imports_nothing_slow(arguments: list[str]) -> None:
    assert imported_by(*arguments) & (SLOW | {"duckdb", "sqlite3"}) == set()


def test_sql_imports_duckdb_and_little_else(root: Path) -> None:
    found = imported_by("sql", "SELECT count(*) FROM articles", "--data", str(root))

    assert "duckdb" in found
    assert found & SLOW == set()


@pytest.mark.parametrize(
    "command",
    [["status"], ["quarantine", "list"], ["watchlist", "list"], ["watchlist", "test", EXAMPLE]],
)
def test_a_look_at_the_warehouse_imports_nothing_slow(root: Path, command: list[str]) -> None:
    assert imported_by(*command, "--data", str(root)) & SLOW == set()
