"""Prefect's client in this process: what is its fault, and seeing its messages off before the process ends.

Prefect shows runs; what has been taken and what has landed the ledger knows. So no fault of Prefect loses a file.
"""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Callable
from typing import Any

import httpx
from prefect.events.worker import EventsWorker
from prefect.exceptions import PrefectException
from prefect.logging.handlers import APILogHandler

FAULTS = (httpx.HTTPError, PrefectException, RuntimeError)
"""What a flow call raises when Prefect fails; a RuntimeError says that no API is reached."""
DRAIN_SECONDS = 5.0


async def drain() -> None:
    """Send what is still queued of logs and events: task runs are made of events, and are lost when it is not sent."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(APILogHandler.aflush(), DRAIN_SECONDS)
    pending = EventsWorker.drain_all(timeout=DRAIN_SECONDS)
    if not isinstance(pending, tuple):
        await pending


def is_fault_of_prefect(error: BaseException, body: Callable[..., Any]) -> bool:
    """Return whether a flow call failed because of Prefect alone, with nothing wrong in the flow's `body`.

    That is so when `body` was not under way as `error` was raised, or the error is one of Prefect's requests.
    """
    if isinstance(error, httpx.HTTPError | PrefectException):
        return True
    return all(frame.f_code is not body.__code__ for frame, _ in traceback.walk_tb(error.__traceback__))
