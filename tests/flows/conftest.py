"""What tests of the command share: a small warehouse, and a way to run the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_desk import land, rows

from flows.cli import cli


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
