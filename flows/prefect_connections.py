"""How Prefect's server uses SQLite: whoever writes has his turn, and nothing is cleared away in another's thread.

Prefect begins transactions that only promise to write later. Two that overlap end with "database is locked", for which
it answers 503 and its clients wait for seconds. What such an error leaves open is closed by the garbage collector, in
the thread of the server's event loop, which then stands still for as long as SQLite waits for a lock: up to a minute.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

from prefect.server.database.configurations import SQLITE_BEGIN_MODE, AioSqliteConfiguration
from prefect.server.database.dependencies import temporary_database_config
from prefect.server.utilities.database import get_dialect
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, AsyncSessionTransaction

TURN_SECONDS = 20.0
"""A transaction takes some milliseconds, seconds on a busy machine."""


class OneWriter(AioSqliteConfiguration):
    """A database whose transactions come one after the other, each with the right to write from its beginning.

    Sessions that begin none write statement by statement, as they come.
    """

    def __init__(self, connection_url: str) -> None:
        super().__init__(connection_url)
        self._turn = asyncio.Lock()
        self._has_turn: ContextVar[bool] = ContextVar("has_turn", default=False)

    async def engine(self) -> AsyncEngine:
        """Return the engine of the running loop, whose connections clear up after themselves."""
        engine = await super().engine()
        if not event.contains(engine.sync_engine, "do_connect", _connect_tidily):
            event.listen(engine.sync_engine, "do_connect", _connect_tidily)
        return engine

    @asynccontextmanager
    async def begin_transaction(
        self, session: AsyncSession, with_for_update: bool = False
    ) -> AsyncIterator[AsyncSessionTransaction]:
        """Begin when the transaction before has ended.

        What is begun inside one, or in a task of it, begins as ever; so does what has waited for TURN_SECONDS.
        """
        if self._has_turn.get() or not await self._get_turn():
            async with super().begin_transaction(session, with_for_update) as transaction:
                yield transaction
        else:
            token = self._has_turn.set(True)
            try:
                async with super().begin_transaction(session, with_for_update=True) as transaction:
                    await session.connection()
                    # It has begun; a session inside it that only reads must not ask for the right to write.
                    SQLITE_BEGIN_MODE.set("DEFERRED")
                    yield transaction
            finally:
                self._has_turn.reset(token)
                self._turn.release()

    async def _get_turn(self) -> bool:
        """Wait for the turn; False when it does not come: who has it may be waiting for this one."""
        try:
            return await asyncio.wait_for(self._turn.acquire(), TURN_SECONDS)
        except TimeoutError:
            return False


class TidyConnection(sqlite3.Connection):
    """Closes the cursors that an error left open at the end of a transaction, in the thread that works for it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._cursors: list[sqlite3.Cursor] = []

    def cursor(self, *arguments: Any) -> Any:
        """Return a new cursor, which lives until the transaction ends, whoever forgets it."""
        made = super().cursor(*arguments)
        self._cursors.append(made)
        return made

    def commit(self) -> None:
        """Commit, and close all cursors."""
        super().commit()
        self._close_cursors()

    def rollback(self) -> None:
        """Roll back, and close all cursors."""
        super().rollback()
        self._close_cursors()

    def close(self) -> None:
        """Close all cursors, and the connection."""
        self._close_cursors()
        super().close()

    def _close_cursors(self) -> None:
        while self._cursors:
            self._cursors.pop().close()


def one_writer() -> AbstractContextManager[object]:
    """Let Prefect's server use its database so for a block, where that is SQLite."""
    url = PREFECT_API_DATABASE_CONNECTION_URL.value()
    if url is None or get_dialect(url).name != "sqlite":
        return nullcontext()
    return temporary_database_config(OneWriter(url))


def _connect_tidily(_dialect: object, _record: object, _arguments: object, options: dict[str, Any]) -> None:
    options["factory"] = TidyConnection
