"""Handing over: a command gives its paths to the service of the data folder and waits for what becomes of them.

The service is warm, so five files take a third of a second instead of ten. This side needs the standard library alone;
the other is `flows.reception`. They speak over loopback TCP, a JSON object a line: the request, then progress, at last
an account or an error. The port and a secret word are on the service's nameplate, which only its owner can read.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from flows import nameplates
from flows.accounts import Account
from flows.errors import CopydeskError, RunFailed, WrongUse
from flows.prefect_home import prefect_home

PLATE_NAME = "service.json"
LOOPBACK = "127.0.0.1"
SIGN_OF_LIFE_SECONDS = 5.0
"""The service says something at least so often."""
PATIENCE_SECONDS = 60.0
"""A service that says nothing for so long has stopped."""
START_SECONDS = 300.0
"""The first start in a data folder takes 20 s, and on a busy machine some minutes."""
LOOK_SECONDS = 0.1

Tell = Callable[[str, int, int], None]
"""Called with the hop that begins, the files that have landed and the files in all."""


class Service(NamedTuple):
    """A service that takes paths."""

    pid: int
    port: int
    word: str


def hand_over(data: Path, paths: Sequence[str], trigger: str, tell: Tell) -> Account | None:
    """Have the service of `data` take `paths`, without any the inbox; return the account of the run.

    None when nobody serves the folder, or somebody whose nameplate this user cannot read: then nothing was done.
    Raises what the run in the service raised, as the error that a person gets to read, and RunFailed when the service
    ends meanwhile.
    """
    try:
        found = _connect(data, tell)
    except PermissionError:
        return None
    if found is None:
        return None
    connection, service = found
    request = {
        "word": service.word,
        "paths": [os.path.abspath(path) for path in paths],
        "trigger": trigger,
    }
    with closing(connection):
        for message in _converse(connection, request, data, service):
            if "progress" in message:
                tell(*message["progress"])
            elif "error" in message:
                raise _to_error(message)
            elif "account" in message:
                return Account(**message["account"])
    raise _ended(data, service)


def plate_of(data: Path) -> Path:
    """Return where the nameplate of the service of `data` is."""
    return prefect_home(data) / PLATE_NAME


def _connect(data: Path, tell: Tell) -> tuple[socket.socket, Service] | None:
    """Return a connection to the service, waiting while it starts; None when there is none."""
    end = time.monotonic() + START_SECONDS
    while nameplates.is_held(plate_of(data)):
        service = _read(data)
        if service is not None:
            try:
                connection = socket.create_connection((LOOPBACK, service.port), PATIENCE_SECONDS)
            except ConnectionError:  # what the plate says is the last service's; the next has just taken it up
                pass
            else:
                tell("handed", 0, 0)
                return connection, service
        if time.monotonic() > end:
            raise RunFailed(
                "the service does not answer",
                str(data),
                f"it has held the data folder for {START_SECONDS:.0f} s and takes no files; it may still be starting",
                "look at what it prints, end it and run the command again, or use --direct to do without it",
            )
        tell("awaited", 0, 0)
        time.sleep(LOOK_SECONDS)
    return None


def _read(data: Path) -> Service | None:
    facts = nameplates.read(plate_of(data)) or {}
    return Service(facts["pid"], facts["port"], facts["word"]) if "port" in facts else None


def _converse(
    connection: socket.socket, request: dict[str, Any], data: Path, service: Service
) -> Iterator[dict[str, Any]]:
    """Send the request and yield the answers until the service closes the connection."""
    try:
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    yield json.loads(line)
    except TimeoutError as error:
        raise RunFailed(
            "the service has stopped answering",
            str(data),
            f"process {service.pid} has said nothing for {PATIENCE_SECONDS:.0f} s",
            _SAFE,
        ) from error
    except OSError as error:
        raise _ended(data, service) from error


_SAFE = "the files are where they were, and what has landed stays landed; run the same command again"


def _ended(data: Path, service: Service) -> RunFailed:
    return RunFailed(
        "the service ended before it had taken all files",
        str(data),
        f"process {service.pid}, to which they were handed, is gone or was asked to end",
        _SAFE,
    )


def _to_error(message: dict[str, Any]) -> CopydeskError:
    kind = WrongUse if message["exit_code"] == WrongUse.exit_code else RunFailed
    return kind(*message["error"])
