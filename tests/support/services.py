"""A real `copydesk serve` in a process of its own, and questions to its Prefect server."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

PROGRAM = "from flows.cli import main; main()"
UP_SECONDS = 90.0
SOON_SECONDS = 30.0


def until(condition: Callable[[], Any], seconds: float = SOON_SECONDS) -> Any:
    """Return what `condition` gives as soon as that is true; fail when it isn't within `seconds`."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {condition}"
        time.sleep(0.05)
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
        return next(line.split()[1] for line in self.lines if line.split()[:1] == ["Prefect"])

    def ask(self, path: str, question: dict[str, Any] | None = None) -> Any:
        """Return Prefect's answer; a question makes it a POST."""
        body = None if question is None else json.dumps(question).encode()
        request = urllib.request.Request(f"{self.url}/api{path}", body, {"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.load(answer)

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


def start(data: Path, *options: str) -> RunningService:
    """Return a service of `data` as soon as it says that it serves."""
    log = data.parent / f"{data.name}.log"
    command = [sys.executable, "-c", PROGRAM, "serve", "--data", str(data), *options]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=data.parent)

    def is_up() -> bool:
        assert process.poll() is None, log.read_text()
        return "  Prefect " in log.read_text()

    until(is_up, UP_SECONDS)
    return RunningService(data, process, log.read_text().splitlines())


def assert_gone(family: list[psutil.Process]) -> None:
    """Fail when one of these processes lives on."""
    _, alive = psutil.wait_procs(family, timeout=SOON_SECONDS)
    assert not alive, [process.cmdline() for process in alive]
