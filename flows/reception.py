"""The reception of the service: takes what `flows.hand_over` hands over, and tells what became of it.

Who does not know the word from the nameplate, which only the service's user can read, gets no answer.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any, NamedTuple, get_args

from flows.accounts import Account
from flows.errors import CopydeskError
from flows.hand_over import LOOPBACK, SIGN_OF_LIFE_SECONDS
from flows.json_values import to_iso
from warehouse.claims import Trigger

REQUEST_BYTES = 32 * 1024 * 1024
"""More than a command line can hold."""
REQUEST_SECONDS = 10.0


class Handed(NamedTuple):
    """What a command hands over."""

    paths: list[str]
    """Absolute; without any, what is new in the inbox."""
    trigger: Trigger


class Caller:
    """The command that waits: it is told of progress, and may have left."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.has_left = False
        self._writer = writer
        self._progress: tuple[str, int, int] = ("queued", 0, 0)

    def tell(self, hop: str, done: int, files: int) -> None:
        """Tell of progress."""
        self._progress = (hop, done, files)
        self.send({"progress": self._progress})

    def send(self, message: dict[str, Any]) -> None:
        """Send a message, unless nobody listens any more."""
        if not self.has_left:
            self._writer.write(json.dumps(message, default=to_iso).encode() + b"\n")

    async def keep_alive(self) -> None:
        """Say the last progress again from time to time, so that silence means that the service has stopped."""
        while not self.has_left:
            self.send({"progress": self._progress})
            await asyncio.sleep(SIGN_OF_LIFE_SECONDS)


Take = Callable[[Handed, Caller], Awaitable[Account | CopydeskError]]


class Reception:
    """Open it with `async with`; closing waits for the callers that are being served."""

    def __init__(self, take: Take) -> None:
        self.word = secrets.token_hex(16)
        self.port = 0
        self._take = take
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Reception:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0, limit=REQUEST_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._answer(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        await asyncio.wait({task})

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            handed = await self._read(reader)
            if handed is not None:
                await self._answer_one(handed, reader, Caller(writer))
        finally:
            with suppress(OSError):
                writer.close()
                await writer.wait_closed()

    async def _answer_one(self, handed: Handed, reader: asyncio.StreamReader, caller: Caller) -> None:
        beside = [asyncio.ensure_future(_notice_end(reader, caller)), asyncio.ensure_future(caller.keep_alive())]
        try:
            outcome = await self._take(handed, caller)
        finally:
            for task in beside:
                task.cancel()
        if isinstance(outcome, CopydeskError):
            parts = [outcome.what, outcome.where, outcome.why, outcome.what_to_do]
            caller.send({"error": parts, "exit_code": outcome.exit_code})
        else:
            caller.send({"account": asdict(outcome)})

    async def _read(self, reader: asyncio.StreamReader) -> Handed | None:
        """Return the request; None when it is none, or not from somebody who knows the word."""
        try:
            request = json.loads(await asyncio.wait_for(reader.readline(), REQUEST_SECONDS))
            if not hmac.compare_digest(request["word"].encode(), self.word.encode()):
                return None
            trigger = request["trigger"]
            return Handed([str(path) for path in request["paths"]], trigger) if trigger in get_args(Trigger) else None
        except (OSError, TimeoutError, ValueError, KeyError, TypeError, AttributeError):
            return None


async def _notice_end(reader: asyncio.StreamReader, caller: Caller) -> None:
    with suppress(OSError):
        await reader.read()
    caller.has_left = True
