"""A Prefect server that answers 503 to everything costs the flow run, and no file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from newsroom import article

PROGRAM = "from flows.cli import main; main()"


class _Unavailable(BaseHTTPRequestHandler):
    """Says that it is well, and cannot do anything."""

    def do_GET(self) -> None:
        self._answer(200 if self.path.endswith("/health") else 503)

    def do_POST(self) -> None:
        self._answer(503)

    def _answer(self, code: int) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def unavailable() -> Iterator[str]:
    """The address of such a server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Unavailable)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.slow
def test_files_are_taken_without_a_flow_run_where_the_server_answers_503(unavailable: str, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(article(1))
    given = {"PREFECT_API_URL": unavailable, "PREFECT_CLIENT_MAX_RETRIES": "0"}

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "ingest", "one.txt", "--json", "--data", "D"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=150,
        env={**os.environ, **given},
    )

    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert (row["status"], row["articles"]) == ("done", 1)
    assert f"{unavailable}/); the files are taken without a flow run" in done.stderr
