"""Who starts Prefect's server, who finds it, and when it ends. None of these servers has to come up."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from services import SOON_SECONDS, assert_gone

from flows.errors import RunFailed
from flows.prefect_home import API_URL
from flows.prefect_server import Address, PrefectServer, find_server, join_server

HOLD = """
import sys
from pathlib import Path
from flows.prefect_server import join_server
server = join_server(Path(sys.argv[1]))
print(server.address.url, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _no_server_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(API_URL, "")
    monkeypatch.delenv(API_URL)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Return another process that has joined the server of `tmp_path`; it ends when its stdin is closed."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def url_of(other: subprocess.Popen[str]) -> str:
    assert other.stdout is not None
    return other.stdout.readline().strip()


def server_of(pid: int) -> list[psutil.Process]:
    """Return the servers among the children of a process; the workers of other tests are children too."""
    return [child for child in psutil.Process(pid).children() if "flows.prefect_server_process" in child.cmdline()]


def test_the_address_is_known_at_once_and_children_are_told(tmp_path: Path) -> None:
    with join_server(tmp_path) as server:
        assert os.environ[API_URL] == server.address.url
        assert find_server(tmp_path) == server.address


def test_a_server_ends_with_the_last_that_uses_it(tmp_path: Path) -> None:
    with join_server(tmp_path) as server:
        family = server_of(os.getpid())

    assert server.child is not None
    assert server.child.process.wait(SOON_SECONDS) == 0  # `leave` does not wait for one that is still starting
    assert_gone(family)
    assert find_server(tmp_path) is None
    assert API_URL not in os.environ


def test_a_second_command_uses_the_server_of_the_first(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    url = url_of(other)

    with join_server(tmp_path) as server:
        assert server.child is None
        assert server.address == Address(url, other.pid, has_schedules=False)


def test_the_server_of_a_command_that_ended_serves_the_others(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    url_of(other)
    family = server_of(other.pid)

    with join_server(tmp_path):
        other.kill()
        other.wait()
        assert all(process.is_running() for process in family)

    assert_gone(family)


def test_the_server_of_a_killed_command_ends(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    url_of(other)
    family = server_of(other.pid)

    other.kill()

    assert_gone(family)
    assert find_server(tmp_path) is None


def test_a_server_that_the_user_names_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(API_URL, "http://prefect.example/api")

    with join_server(tmp_path) as server:
        assert server.address.url == "http://prefect.example/api"

    assert os.environ[API_URL] == "http://prefect.example/api"
    assert not (tmp_path / "prefect").exists()


def test_a_server_that_ended_is_told_with_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_EVENTS_RETENTION_PERIOD", "soon")

    with join_server(tmp_path) as server, pytest.raises(RunFailed, match=r"exit code 1; .*server\.log ends with"):
        server.wait()


def test_a_server_that_is_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunFailed, match="silent for 0 s"):
        PrefectServer(Address("http://127.0.0.1:1/api", 1, has_schedules=False)).wait(0)
