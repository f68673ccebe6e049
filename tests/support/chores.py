"""What the tests of the worker pool give workers to do; importable in a worker process."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from flows.worker_main import show_life


class Particular(Exception):
    """An exception that cannot be unpickled: its constructor needs two arguments and keeps none."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")


def double(number: int) -> int:
    return 2 * number


def pid(_: object = None) -> int:
    return os.getpid()


def loaded_modules(_: object = None) -> set[str]:
    return set(sys.modules)


def refuse(text: str) -> None:
    raise ValueError(f"not like this: {text}")


def refuse_in_particular(_: object = None) -> None:
    raise Particular("here", "because")


def lock() -> object:
    """Return what cannot be pickled."""
    import threading

    return threading.Lock()


def doubled_with_trouble(numbers: Sequence[int | str]) -> list[int]:
    """Return the numbers doubled; a text among them is the trouble that it names."""
    return [2 * number if isinstance(number, int) else make_trouble(number) for number in numbers]


def make_trouble(kind: str) -> int:
    match kind:
        case "sleep":
            time.sleep(1e6)
        case "regex":
            re.match(r"(a+)+$", "a" * 64 + "b")
        case "hold the interpreter":
            ctypes.PyDLL(None).sleep(1000)
        case "eat":
            eaten = []
            while True:
                eaten.append(b"x" * (16 * 1024 * 1024))
        case "gulp":
            len(bytearray(1 << 44))
        case "exit":
            os._exit(3)
        case "leave":
            sys.exit(4)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "crash":
            ctypes.string_at(0)
        case "hang up":
            os.closerange(3, 256)
        case "blow up":
            raise ValueError("blown up")
    return 0


def meet(folder: str) -> int:
    """Return after another process has come to `folder` too."""
    (Path(folder) / str(os.getpid())).touch()
    while len(os.listdir(folder)) < 2:
        time.sleep(0.01)
    return os.getpid()


def write_to_stdout(text: str) -> None:
    print(text)
    os.write(1, text.encode())


def close_stdin(_: object = None) -> str:
    left = sys.stdin.read()
    os.close(0)
    return left


def only_once(marker: str) -> str:
    """Die at the first call, return at the second."""
    if not Path(marker).exists():
        Path(marker).touch()
        os._exit(1)
    return "done"


def note(path: str, number: int) -> int:
    """Append `number` to the file at `path` in one write."""
    with Path(path).open("ab", buffering=0) as file:
        file.write(f"{number}\n".encode())
    return number


def leak(mebibytes: int) -> int:
    _leaked.append(b"x" * (mebibytes * 1024 * 1024))
    return os.getpid()


_leaked: list[bytes] = []


def work_on(steps: int) -> int:
    """Work for `steps` times 0.3 s, showing life after each."""
    for _ in range(steps):
        time.sleep(0.3)
        show_life()
    return steps
