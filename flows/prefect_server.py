"""The Prefect server of a data folder: one process at most, shared by all commands that need it.

A command that finds a server uses it; the first one starts it. Who serves and who still needs it is told by locks
on files in `data/prefect`: the kernel frees them whatever kills a process, and no process id is ever trusted.

* `server.json` is locked by the server for as long as it lives, and says where it answers;
* `clients.lock` is shared by every command that uses the server; the server ends when nobody shares it any more.

Prefect's own temporary server is not used: every process starts another one on the same database, it can only be
started once prefect is imported, and it outlives a killed command.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import urlsplit

from flows.errors import RunFailed
from flows.prefect_home import prefect_home

LOOPBACK = "127.0.0.1"
ANY_PORT = 0
STARTUP_SECONDS = 120.0
STOP_SECONDS = 20.0
"""How long a server that nobody needs may take to end before a newcomer gives up on starting the next."""
LEAVE_SECONDS = 2.0
"""How long `leave` waits for the server's end, which takes 0.2 s; one that lives on has another user."""
HEALTH_SECONDS = 5.0
POLL_SECONDS = 0.05
BACKLOG = 2048

ADDRESS_NAME = "server.json"
CLIENTS_NAME = "clients.lock"
LOG_NAME = "server.log"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server answers, as `server.json` says it."""

    url: str
    """Of the API, e.g. `http://127.0.0.1:4200/api`; the pages are at the same address without `/api`."""
    pid: int
    """The process that started it; for messages, nothing is decided by it."""
    with_ui: bool
    """Whether it is that of `copydesk serve`, with pages and schedules."""


class PrefectServer:
    """A server that this process uses; it lives at least until `leave`."""

    def __init__(self, address: Address, clients: IO[bytes] | None = None, child: ServerChild | None = None) -> None:
        self.address = address
        self.child = child
        """The process, if this call started it."""
        self._clients = clients

    def wait(self, timeout: float = STARTUP_SECONDS) -> None:
        """Return when the server answers; raise RunFailed when it ended, or is silent for `timeout` seconds."""
        end = time.monotonic() + timeout
        while not is_healthy(self.address.url):
            if self.child is not None and (code := self.child.process.poll()) is not None:
                raise _no_answer(self.address, f"it ended with exit code {code}: {self.child.last_words()}")
            if time.monotonic() > end:
                raise _no_answer(self.address, f"it was silent for {timeout:.0f} s")
            time.sleep(POLL_SECONDS)

    def leave(self) -> None:
        """Need the server no longer. If this process started it and no other uses it, it has ended on return."""
        if self._clients is None:
            return
        os.environ.pop("PREFECT_API_URL", None)
        self._clients.close()
        self._clients = None
        if self.child is not None:
            self.child.close()

    def __enter__(self) -> PrefectServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()


class ServerChild:
    """The server process, and what it inherits: the lock that says who serves, and the listening socket.

    A service keeps both, to revive the process at the same address. A command lets go of them: it is told at once
    that its server died, instead of waiting for an answer in a socket that is its own.
    """

    def __init__(self, home: Path, lock: IO[bytes], listener: socket.socket, *, with_ui: bool) -> None:
        self._home = home
        self._lock = lock
        self._listener = listener
        self._with_ui = with_ui
        self.process = self._start()
        if not with_ui:
            self._let_go()

    def revive(self) -> None:
        """Start the process once more, at the same address, after it died; requests meanwhile wait in the socket."""
        self.process = self._start()

    def last_words(self) -> str:
        """Return the last line the process wrote, or where to look."""
        lines = (self._home / LOG_NAME).read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"{self._home / LOG_NAME} is empty"

    def close(self) -> None:
        """See the process off, after the last share in `clients.lock` was given back."""
        self._let_go()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(LEAVE_SECONDS)

    def _let_go(self) -> None:
        self._lock.close()
        self._listener.close()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start the process in a session of its own, as Ctrl-C is not for it, and with none of our pipes."""
        listener = self._listener.fileno()
        command = [sys.executable, "-P", "-m", "flows.prefect_server_process", str(listener), str(self._home)]
        with (self._home / LOG_NAME).open("wb") as log:
            return subprocess.Popen(
                command + (["--with-ui"] if self._with_ui else []),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(self._lock.fileno(), listener),
                start_new_session=True,
            )


def join_server(data: Path) -> PrefectServer:
    """Return the server of `data`, started by this call where none runs; takes milliseconds, `wait` waits for it.

    Sets PREFECT_API_URL: call it before anything imports prefect, so that the server starts up during the imports.
    A PREFECT_API_URL that is set already wins, and nothing is started.
    """
    if given := os.environ.get("PREFECT_API_URL"):
        return PrefectServer(Address(given, os.getpid(), with_ui=True))
    home, clients = _enter(data)
    while (lock := _try_lock(home / ADDRESS_NAME)) is None:
        if (address := find_server(data)) is not None:
            os.environ["PREFECT_API_URL"] = address.url
            return PrefectServer(address, clients)
        time.sleep(POLL_SECONDS)
    return _start(home, lock, clients, listener=_listen(LOOPBACK, ANY_PORT), with_ui=False)


def start_server(data: Path, *, host: str = LOOPBACK, port: int) -> PrefectServer | None:
    """Return a server with pages and schedules, at `port` or the next free one; None while another one serves `data`.

    Sets PREFECT_API_URL, as `join_server` does.
    """
    home, clients = _enter(data)
    lock = _try_lock(home / ADDRESS_NAME)
    if lock is None:
        clients.close()
        return None
    return _start(home, lock, clients, listener=_listen(host, port), with_ui=True)


def find_server(data: Path) -> Address | None:
    """Return where the server of `data` answers, or None when none is running (or none has said so yet)."""
    file = prefect_home(data) / ADDRESS_NAME
    if not file.exists() or (lock := _try_lock(file)) is not None:
        if file.exists() and lock is not None:
            lock.close()
        return None
    try:
        return Address(**json.loads(file.read_bytes()))
    except json.JSONDecodeError:
        return None


def is_healthy(url: str) -> bool:
    """Return whether a Prefect server answers at the API address `url`."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=HEALTH_SECONDS)
    try:
        connection.request("GET", f"{parts.path}/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _enter(data: Path) -> tuple[Path, IO[bytes]]:
    """Return Prefect's home and our share in `clients.lock`; wait while the last server is on its way out."""
    home = prefect_home(data)
    home.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + STOP_SECONDS
    while (clients := _try_lock(home / CLIENTS_NAME, fcntl.LOCK_SH)) is None:
        if time.monotonic() > end:
            raise RunFailed(
                "Prefect's server of this data folder does not end",
                str(home),
                f"nobody uses it any more, and {STOP_SECONDS:.0f} s later it still holds {CLIENTS_NAME}",
                "end the process that holds the file, or use --direct",
            )
        time.sleep(POLL_SECONDS)
    return home, clients


def _start(home: Path, lock: IO[bytes], clients: IO[bytes], *, listener: socket.socket, with_ui: bool) -> PrefectServer:
    """Start the server behind `listener` and say so in `server.json`.

    The address is known and answers (late, but it does) before the process has imported anything.
    """
    host, port = listener.getsockname()[:2]
    url = f"http://{LOOPBACK if host == '0.0.0.0' else host}:{port}/api"
    address = Address(url, os.getpid(), with_ui)
    lock.truncate(0)
    lock.write(json.dumps(asdict(address)).encode())
    lock.flush()
    os.environ["PREFECT_API_URL"] = url
    return PrefectServer(address, clients, ServerChild(home, lock, listener, with_ui=with_ui))


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `port`, or on the next one that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, port + 100):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
        else:
            return listener
    raise RunFailed(
        "Prefect's server finds no port",
        f"{host}:{port}",
        f"the 100 ports from {port} are taken",
        "name another ui_port",
    )


def _try_lock(path: Path, kind: int = fcntl.LOCK_EX) -> IO[bytes] | None:
    """Return `path` opened and locked, or None when another process holds it. Children never inherit it by chance."""
    file = path.open("ab")
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _no_answer(address: Address, why: str) -> RunFailed:
    return RunFailed(
        "Prefect's server does not answer",
        address.url,
        why,
        "try again; with --direct the files are ingested without Prefect",
    )
