"""Ctrl-C during a query: the command ends at once, instead of when DuckDB next looks for signals."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flows import console
from flows.errors import INTERRUPTED


def run(function: Callable[[], None], *, clean_up: Callable[[], None]) -> None:
    """Call `function` and raise what it raises; on Ctrl-C call `clean_up` and end the process with 130.

    A query on the main thread sees a signal only between its tasks, which can take minutes each, and DuckDB 2.0
    refuses to be interrupted from another thread. What is asked is read-only, so that nothing is lost by leaving.
    """
    future = ThreadPoolExecutor(1).submit(function)
    try:
        future.result()
    except KeyboardInterrupt:
        console.say("\ninterrupted")
        clean_up()
        os._exit(INTERRUPTED)
