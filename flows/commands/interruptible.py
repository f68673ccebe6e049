"""Ctrl-C during a query: DuckDB is told to stop, instead of being waited for."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Thread
from typing import TYPE_CHECKING

from flows.errors import INTERRUPTED

if TYPE_CHECKING:
    import duckdb

_PATIENCE_SECONDS = 2.0


def run(connection: duckdb.DuckDBPyConnection, function: Callable[[], None]) -> None:
    """Call `function`, which uses `connection`, and raise what it raises; KeyboardInterrupt stops its query.

    A query that runs on the main thread looks for signals only between its tasks, which can take minutes each.
    """
    raised: list[BaseException] = []

    def call() -> None:
        try:
            function()
        except BaseException as error:  # handed to the thread that waits
            raised.append(error)

    thread = Thread(target=call, daemon=True)
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:
        connection.interrupt()
        thread.join(_PATIENCE_SECONDS)
        if thread.is_alive():
            os._exit(INTERRUPTED)
        raise
    if raised:
        raise raised[0]
