"""One worker process as its parent sees it: started, given calls, watched, ended.

WorkerLost(RuntimeError)   the process did not survive the call: it hung, outgrew its memory, or died
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import psutil

from flows.errors import RunFailed
from flows.worker_main import ALIVE, READY

Reason = Literal["timed_out", "out_of_memory", "worker_died"]

MEBIBYTE = 1024 * 1024
START_SECONDS = 120.0
"""Importing pyarrow and pandas took 11 s on a busy machine; ten times that is a fault."""
END_SECONDS = 1.0
"""How long a worker without work may take to leave."""
LOOK_SECONDS = 0.1
"""Between two looks at a working process; it can allocate about 300 MB meanwhile."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What one worker may take."""

    seconds_per_item: float = 30.0
    memory_bytes: int = 1024 * MEBIBYTE
    """Resident memory, imports included, above which a worker is killed at its work."""
    items: int = 1000
    """A worker is replaced after so many: parsers leak."""
    preload: tuple[str, ...] = ("transforms.prepare",)
    """Modules that a worker imports before its first item; the item's time starts after that."""

    @property
    def worn_bytes(self) -> int:
        """Resident memory above which a worker is replaced between two items."""
        return self.memory_bytes * 3 // 4


class WorkerLost(RuntimeError):
    """The process did not survive the call; `reason` says why and `detail` gives the numbers."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason: Reason = reason
        self.detail = detail


class WorkerProcess:
    """A process that makes one call at a time.

    It is a plain child running `flows.worker_main`, not a multiprocessing.Process: those import the parent's
    `__main__` anew, which for a command or a notebook is either heavy or impossible.
    On Linux the kernel ends it with the *thread* that made it: make it in a thread that outlives its use.
    """

    def __init__(self, limits: WorkerLimits) -> None:
        self._limits = limits
        self._connection, theirs = multiprocessing.Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", self._program(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        self.items_done = 0
        self._await_ready()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def run(self, payload: bytes) -> Any:
        """Make the pickled call (function, arguments, keywords) and return its result.

        Raises whatever the function raised, and WorkerLost when the process did not survive; it is ended then.
        """
        try:
            self._connection.send_bytes(payload)
            reply = ALIVE
            while reply == ALIVE:
                self._watch()
                reply = self._connection.recv_bytes()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self.end()  # it hung up while leaving: its own status is to be known
            raise WorkerLost("worker_died", self._how_it_ended()) from None
        except WorkerLost:
            self._discard()
            raise
        self.items_done += 1
        outcome, value = pickle.loads(reply)
        if outcome == "out_of_memory":
            self._discard()
            raise WorkerLost("out_of_memory", f"an allocation failed; the limit is {_mebibytes(self._limits)}")
        if outcome == "raised":
            raise value
        return value

    def has_ended(self) -> bool:
        """Return whether the process is gone."""
        return self._process.poll() is not None

    def is_worn(self) -> bool:
        """Return whether the process has done its share or leaks, and should be replaced."""
        return self.items_done >= self._limits.items or self._resident_bytes() > self._limits.worn_bytes

    def end(self) -> None:
        """End the process, which must be idle or leaving."""
        self._connection.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        self._discard()

    def kill(self) -> None:
        """End the process at once; may be called from any thread, a call that runs raises WorkerLost then."""
        self._process.kill()

    def _discard(self) -> None:
        self._process.kill()
        self._process.wait()
        self._connection.close()

    def _program(self, descriptor: int) -> str:
        arguments = (descriptor, os.getpid(), self._limits.preload, self._limits.memory_bytes)
        path = [entry or os.getcwd() for entry in sys.path]
        return (
            f"import sys; sys.path[:] = {path!r}; from flows.worker_main import main; "
            f"main(*{arguments!r}, {self._limits.seconds_per_item!r})"
        )

    def _await_ready(self) -> None:
        try:
            if self._connection.poll(START_SECONDS) and self._connection.recv_bytes() == READY:
                return
            why = f"it was not ready after {START_SECONDS:.0f} s"
        except (EOFError, ConnectionResetError):
            self._process.wait()
            why = f"{self._how_it_ended()} while it imported {', '.join(self._limits.preload) or 'nothing yet'}"
        self._discard()
        raise RunFailed(
            "a worker process did not start",
            f"process {self.pid}, {sys.executable}",
            why,
            "see the traceback above, and run `copydesk doctor`",
        )

    def _watch(self) -> None:
        """Return when a reply or the end of the process can be read; raise WorkerLost when it breaks a limit."""
        deadline = time.monotonic() + self._limits.seconds_per_item
        while not self._connection.poll(max(0.0, min(LOOK_SECONDS, deadline - time.monotonic()))):
            resident = self._resident_bytes()
            if resident > self._limits.memory_bytes:
                raise WorkerLost(
                    "out_of_memory",
                    f"the worker grew to {resident // MEBIBYTE} MiB; the limit is {_mebibytes(self._limits)}",
                )
            if time.monotonic() >= deadline:
                raise WorkerLost("timed_out", f"it took longer than {self._limits.seconds_per_item:g} s")
            if self.has_ended() and not self._connection.poll():
                raise EOFError

    def _resident_bytes(self) -> int:
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except (psutil.NoSuchProcess, psutil.AccessDenied):  # macOS says the latter of a process that is ending
            return 0

    def _how_it_ended(self) -> str:
        status = self._process.returncode
        if status is not None and status < 0:
            return f"the worker was ended by {signal.Signals(-status).name}"
        return f"the worker ended with status {status}"


def _mebibytes(limits: WorkerLimits) -> str:
    return f"{limits.memory_bytes // MEBIBYTE} MiB"
