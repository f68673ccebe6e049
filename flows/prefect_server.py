"""The Prefect server of a data folder: one process at most, shared by all commands that need it.

A command that finds a server uses it; the first one starts it. Who serves and who still needs it is told by locks
on files in `data/prefect`:

* `server.json` is locked by the server for as long as it lives, and says where it answers;
* `clients.lock` is shared by every command that uses the server; the server ends when nobody shares it any more.

Prefect's own temporary server is not used: every process starts another one on the same database, it can only be
started once prefect is imported, and it outlives a killed command.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from flows import nameplates
from flows.errors import RunFailed
from flows.nameplates import Lock
from flows.prefect_home import API_URL, prefect_home, turn_away, turn_to

LOOPBACK = "127.0.0.1"
ANY_PORT = 0
PORTS_TRIED = 100
STARTUP_SECONDS = 120.0
STOP_SECONDS = 20.0
"""How long a server that nobody needs may take to end before a newcomer gives up on starting the next."""
LEAVE_SECONDS = 1.0
"""How long `leave` waits for the server to notice that it is alone; one that does not has another user."""
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
    has_schedules: bool
    """Whether it is that of `copydesk serve`."""


class PrefectServer:
    """A server that this process uses; it lives at least until `leave`."""

    def __init__(self, address: Address, clients: Lock | None = None, child: ServerChild | None = None) -> None:
        self.address = address
        self.child = child
        """The process, if this call started it."""
        self._clients = clients

    def wait(self, timeout: float = STARTUP_SECONDS) -> None:
        """Return when the server answers; raise RunFailed when it ended, or is silent for `timeout` seconds."""
        end = time.monotonic() + timeout
        while not is_healthy(self.address.url):
            if self.child is not None and (code := self.child.process.poll()) is not None:
                raise _no_answer(self.address, f"it ended with exit code {code}; {self.child.last_words()}")
            if time.monotonic() > end:
                raise _no_answer(self.address, f"it was silent for {timeout:.0f} s")
            time.sleep(POLL_SECONDS)

    def leave(self) -> None:
        """Need the server no longer. If this process started it and no other uses it, it has ended on return."""
        if self._clients is None:
            return
        turn_away()
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


@dataclass(frozen=True, slots=True)
class Post:
    """What a server process inherits: the lock that says who serves, and the listening socket."""

    home: Path
    plate: Lock
    listener: socket.socket
    options: tuple[str, ...]


class ServerChild:
    """The server process.

    A service keeps lock and socket, to revive the process at the same address. A command lets go of them: it is told
    at once when its server dies, instead of waiting for an answer in a socket that is its own.
    """

    def __init__(self, post: Post) -> None:
        self._post = post
        self.process = self._start()
        if not post.options:
            self._let_go()

    def revive(self) -> None:
        """Start the process once more, at the same address, after it died; requests meanwhile wait in the socket."""
        self.process = self._start()

    def last_words(self) -> str:
        """Return where the process wrote to, and the last line of that."""
        log = self._post.home / LOG_NAME
        lines = log.read_text(errors="replace").strip().splitlines()
        return f"{log} is empty" if not lines else f"{log} ends with {lines[-1].strip()!r}"

    def close(self) -> None:
        """See the process off, after our share in `clients.lock` was given back; leave it to others who share it."""
        self._let_go()
        end = time.monotonic() + LEAVE_SECONDS
        while self.process.poll() is None and time.monotonic() < end:
            share = nameplates.lock(self._post.home / CLIENTS_NAME, shared=True)
            if share is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(STOP_SECONDS)
                return
            share.close()
            time.sleep(POLL_SECONDS)

    def _let_go(self) -> None:
        self._post.plate.close()
        self._post.listener.close()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start the process in a session of its own, as Ctrl-C is not for it, and with none of our pipes."""
        plate, listener = self._post.plate.fileno(), self._post.listener.fileno()
        module = (sys.executable, "-P", "-m", "flows.prefect_server_process")
        with (self._post.home / LOG_NAME).open("wb") as log:
            return subprocess.Popen(
                [*module, str(listener), str(self._post.home), *self._post.options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(plate, listener),
                start_new_session=True,
            )


def join_server(data: Path) -> PrefectServer:
    """Return the server of `data`, started by this call where none runs; takes milliseconds, `wait` waits for it.

    Sets PREFECT_API_URL: call it before anything imports prefect, so that the server starts up during the imports.
    A PREFECT_API_URL that is set already wins, and nothing is started.
    """
    if given := os.environ.get(API_URL):
        return PrefectServer(Address(given, os.getpid(), has_schedules=True))
    home, clients = _enter(data)
    while (plate := nameplates.lock(home / ADDRESS_NAME)) is None:
        if (address := find_server(data)) is not None:
            turn_to(address.url, home)
            return PrefectServer(address, clients)
        time.sleep(POLL_SECONDS)
    return _start(Post(home, plate, _listen(LOOPBACK, ANY_PORT), options=()), clients)


def start_server(data: Path, host: str, port: int, *, on_wait: Callable[[Address], None]) -> PrefectServer:
    """Return a server with schedules and pages, at `port` or the next free one.

    Waits, after calling `on_wait` once, while an ingest uses the server it started. Sets PREFECT_API_URL, where a
    value that is set already wins, and nothing is started.
    """
    if given := os.environ.get(API_URL):
        return PrefectServer(Address(given, os.getpid(), has_schedules=True))
    home = prefect_home(data)
    home.mkdir(parents=True, exist_ok=True)
    told = False
    while (plate := nameplates.lock(home / ADDRESS_NAME)) is None:
        if not told and (address := find_server(data)) is not None:
            on_wait(address)
            told = True
        time.sleep(POLL_SECONDS)
    home, clients = _enter(data)
    return _start(Post(home, plate, _listen(host, port), options=("--serving",)), clients)


def find_server(data: Path) -> Address | None:
    """Return where the server of `data` answers, or None when none is running."""
    facts = nameplates.read(prefect_home(data) / ADDRESS_NAME)
    return None if facts is None else Address(**facts)


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


def _enter(data: Path) -> tuple[Path, Lock]:
    """Return Prefect's home and our share in `clients.lock`; wait while the last server is on its way out."""
    home = prefect_home(data)
    home.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + STOP_SECONDS
    while (clients := nameplates.lock(home / CLIENTS_NAME, shared=True)) is None:
        if time.monotonic() > end:
            raise RunFailed(
                "Prefect's server of this data folder does not end",
                str(home),
                f"nobody uses it any more, and {STOP_SECONDS:.0f} s later it still holds {CLIENTS_NAME}",
                "end the process that holds the file, or use --direct",
            )
        time.sleep(POLL_SECONDS)
    return home, clients


def _start(post: Post, clients: Lock) -> PrefectServer:
    """Start the server and say so in `server.json`: its address is known before the process has imported anything."""
    host, port = post.listener.getsockname()[:2]
    reachable = {"0.0.0.0": LOOPBACK, "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    address = Address(f"http://{reachable}:{port}/api", os.getpid(), has_schedules=bool(post.options))
    nameplates.write(post.plate, asdict(address))
    turn_to(address.url, post.home)
    return PrefectServer(address, clients, ServerChild(post))


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `port`, or on the next one that is free."""
    reason: str | None = None
    for candidate in range(port, port + PORTS_TRIED if port else 1):
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(BACKLOG)
        except OSError as error:
            listener.close()
            reason = error.strerror
        else:
            return listener
    raise RunFailed(
        "Prefect's server finds no port to listen on",
        f"{host}, ports {port} to {port + PORTS_TRIED - 1}",
        reason or "all of them are taken",
        "name others with the settings ui_host and ui_port",
    )


def _no_answer(address: Address, why: str) -> RunFailed:
    return RunFailed(
        "Prefect's server does not answer",
        address.url,
        why,
        "try again; with --direct the files are ingested without Prefect",
    )
