"""The inside of a worker process: takes a pickled call from its parent, makes it, sends back what came of it.

Imports nothing heavy itself, so that a worker costs what its functions need and no more.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Literal

import psutil

Outcome = Literal["done", "raised", "out_of_memory"]
"""First part of a reply; the second is the result, the exception, or None."""

READY = b"ready"
ALIVE = b"alive"
"""Sent in the middle of a call: the time limit begins anew."""
PICKLE_PROTOCOL = 5

GRACE_SECONDS = 5.0
"""How much later than the parent the kernel ends a call that takes too long: the parent is to be the one to say why."""
ADDRESS_SPACE_FACTOR = 2
"""Address space a worker may add, in memory limits: allocators reserve more than they use."""

_PR_SET_PDEATHSIG = 1
_PARENT_CHECK_SECONDS = 1.0


def main(descriptor: int, parent: int, preload: Sequence[str], memory_bytes: int, seconds: float) -> None:
    """Serve the calls that arrive on the socket `descriptor` until it closes; the process ends with this call."""
    end_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError):  # a parent without stderr has none to share
        os.dup2(2, 1)  # data goes to the parent's stdout, so nothing of a worker may
    for name in preload:
        importlib.import_module(name)
    gc.freeze()
    _limit_address_space(memory_bytes)
    with Connection(descriptor) as connection, suppress(EOFError, BrokenPipeError, ConnectionResetError):
        connection.send_bytes(READY)
        _life.append((connection, seconds))
        while True:
            payload = connection.recv_bytes()
            signal.setitimer(signal.ITIMER_REAL, seconds + GRACE_SECONDS)
            reply = answer(payload)
            signal.setitimer(signal.ITIMER_REAL, 0)
            connection.send_bytes(reply)
    os._exit(0)  # spares the second that the destructors of pandas and pyarrow take


_life: list[tuple[Connection, float]] = []
"""How this process shows that it lives, once it serves."""


def show_life() -> None:
    """Say that the call has done a part of its work, so that its time limit begins anew; elsewhere do nothing."""
    for connection, seconds in _life:
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE_SECONDS)
        connection.send_bytes(ALIVE)


def end_with(parent: int, *, system: str = sys.platform) -> None:
    """Let this process end when its parent does, also when a call is running that keeps Python from looking."""
    if system == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def answer(payload: bytes) -> bytes:
    """Make the pickled call (function, arguments, keywords) and return the pickled (Outcome, value)."""
    try:
        function, arguments, keywords = pickle.loads(payload)
        return _packed("done", function(*arguments, **keywords))
    except MemoryError:
        return _packed("out_of_memory", None)
    except Exception as error:  # an executor hands over whatever the function raised; nothing is swallowed here
        return _packed("raised", _sendable(error))


def _packed(outcome: Outcome, value: Any) -> bytes:
    return pickle.dumps((outcome, value), PICKLE_PROTOCOL)


def _sendable(error: Exception) -> Exception:
    """Return `error` with its traceback as a note, or its text when it does not survive pickling."""
    trace = f"in worker process {os.getpid()}:\n{''.join(traceback.format_exception(error))}"
    error.add_note(trace)
    try:
        pickle.loads(pickle.dumps(error, PICKLE_PROTOCOL))
    except (pickle.PickleError, AttributeError, ImportError, TypeError, ValueError):
        error = RuntimeError(f"{type(error).__name__}: {error}")
        error.add_note(trace)
    return error


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PARENT_CHECK_SECONDS)
    os._exit(1)


def _limit_address_space(memory_bytes: int) -> None:
    """Make one huge allocation fail at once; what grows slowly is seen by the parent, which looks at resident memory.

    macOS does not enforce the limit.
    """
    if sys.platform != "linux":
        return
    import resource

    limit = psutil.Process().memory_info().vms + ADDRESS_SPACE_FACTOR * memory_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
