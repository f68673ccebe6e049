"""What tests of flows share: a small warehouse and a way to run the command, worker processes, and newsrooms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from newsroom import Newsroom
from small_desk import land, rows

from flows.cli import cli
from flows.worker_process import WorkerLimits
from flows.workers import Workers


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with one article, and one document in quarantine; nobody changes it."""
    root = tmp_path_factory.mktemp("desk") / "data"
    land(root, rows())
    return root


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Run the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COPYDESK_DATA", raising=False)
    monkeypatch.delenv("COPYDESK_CONFIG", raising=False)
    return lambda *arguments: CliRunner().invoke(cli, [str(one) for one in arguments])


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """One warm worker process for all newsrooms."""
    with Workers(1, WorkerLimits(seconds_per_item=60.0)) as pool:
        yield pool


@pytest.fixture
def newsroom(tmp_path: Path, workers: Workers) -> Newsroom:
    """An empty inbox, and an empty warehouse."""
    return Newsroom(tmp_path, workers)


@pytest.fixture
def open_newsroom(tmp_path: Path, workers: Workers) -> Callable[..., Newsroom]:
    """Open further newsrooms by name, with settings of their own."""
    return lambda name, **options: Newsroom(tmp_path / name, workers, **options)
