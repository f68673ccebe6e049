"""A real `copydesk serve` in a process of its own, and questions to its Prefect server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

PROGRAM = "from flows.cli import main; main()"
UP_SECONDS = 90.0
SOON_SECONDS = 120.0
"""Twice as long as Prefect's server was seen to wait for a lock of its own database."""
PATIENCE_SECONDS = 120.0
"""How long the server may take to answer: it waits up to a minute for SQLite's lock."""
BUSY = 503
"""It did not get that lock."""


def until(condition: Callable[[], Any], seconds: float = SOON_SECONDS) -> Any:
    """Return what `condition` gives as soon as that is true; fail when it isn't within `seconds`."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {condition}"
        time.sleep(0.2)
    return found


@dataclass
class RunningService:
    """A service that has said it serves."""

    data: Path
    process: subprocess.Popen[bytes]
    lines: list[str]

    @property
    def inbox(self) -> Path:
        return self.data / "inbox"

    @property
    def url(self) -> str:
        """Where Prefect's server answers; not for a service that runs without."""
        return next(line.split()[1] for line in self.lines if line.split()[:1] == ["Prefect"])

    def ask(self, path: str, question: Any = None) -> Any:
        """Return Prefect's answer; a question makes it a POST."""
        body = None if question is None else json.dumps(question).encode()
        request = urllib.request.Request(f"{self.url}/api{path}", body, {"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                with opener.open(request, timeout=SOON_SECONDS) as answer:
                    said = answer.read()
                    return json.loads(said) if said else None
            except urllib.error.HTTPError as error:
                if error.code != BUSY:
                    raise
                time.sleep(1)
            except TimeoutError:
                continue
        raise TimeoutError(f"Prefect's server has not answered {path} for {PATIENCE_SECONDS} s")

    def emit(self, event: str, payload: dict[str, Any]) -> None:
        """Tell the server of an event, as any outsider can."""
        resource = {"prefect.resource.id": "outsider.crawler"}
        told = {"id": str(uuid4()), "occurred": datetime.now(UTC).isoformat(), "event": event, "resource": resource}
        self.ask("/events", [{**told, "payload": payload}])

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the events of a name, the newest first."""
        found: list[dict[str, Any]] = self.ask("/events/filter", {"filter": {"event": {"name": [name]}}})["events"]
        return found

    def flow_runs(self, **facts: Any) -> list[dict[str, Any]]:
        """Return the flow runs whose facts are these."""
        runs = self.ask("/flow_runs/filter", {"sort": "START_TIME_DESC"})
        return [run for run in runs if facts.items() <= run.items()]

    def family(self) -> list[psutil.Process]:
        """Return the service's process and every process it started."""
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def servers(self) -> list[psutil.Process]:
        """Return the living processes that are Prefect's server."""
        return [
            one
            for one in self.family()
            if one.status() != psutil.STATUS_ZOMBIE and "flows.prefect_server_process" in one.cmdline()
        ]


def start(data: Path, *options: str, env: Mapping[str, str] | None = None) -> RunningService:
    """Return a service of `data` as soon as it says that it serves; `env` is added to its environment."""
    log = data.parent / f"{data.name}.log"
    command = [sys.executable, "-c", PROGRAM, "serve", "--data", str(data), *options]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=data.parent,
            env={**os.environ, **(env or {})},
        )

    def is_up() -> bool:
        assert process.poll() is None, log.read_text()
        return "  Prefect " in log.read_text()

    until(is_up, UP_SECONDS)
    return RunningService(data, process, log.read_text().splitlines())


@contextmanager
def running(data: Path, *options: str, env: Mapping[str, str] | None = None) -> Iterator[RunningService]:
    """Have a service of `data` for a block, at whose end it finishes what it does and exits with 0."""
    service = start(data, *options, env=env)
    try:
        yield service
        service.process.terminate()
        assert service.process.wait(SOON_SECONDS) == 0
    finally:
        service.process.kill()
        service.process.wait()


def assert_gone(family: list[psutil.Process]) -> None:
    """Fail when one of these processes lives on."""
    _, alive = psutil.wait_procs(family, timeout=SOON_SECONDS)
    assert not alive, [process.cmdline() for process in alive]
