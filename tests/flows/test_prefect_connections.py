"""Prefect's own configuration stands beside ours: when it needs no turns any more, these tests say so."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import provide_database_interface
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from flows import prefect_connections
from flows.prefect_connections import OneWriter, TidyConnection, one_writer

SECONDS = 30.0
COUNT = text("SELECT count(*) FROM notes")
WRITE = text("INSERT INTO notes VALUES (1)")


@pytest.fixture
def address(tmp_path: Path) -> str:
    path = tmp_path / "notes.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (note INTEGER)")
    return f"sqlite+aiosqlite:///{path}"


def run(work: Callable[[AioSqliteConfiguration], Any], configuration: AioSqliteConfiguration) -> Any:
    async def through() -> Any:
        try:
            return await asyncio.wait_for(work(configuration), SECONDS)
        finally:
            await (await configuration.engine()).dispose()

    return asyncio.run(through())


async def look_then_write_at_once(configuration: AioSqliteConfiguration) -> int:
    """Return how many notes two writers leave who both look before either of them writes, where they are let."""
    looks = 0

    async def write() -> None:
        nonlocal looks
        engine = await configuration.engine()
        async with await configuration.session(engine) as session, configuration.begin_transaction(session):
            await session.execute(COUNT)
            looks += 1
            await asyncio.sleep(0.2 if looks == 1 else 0)
            await session.execute(WRITE)

    await asyncio.gather(write(), write())
    async with await configuration.session(await configuration.engine()) as session:
        return int(await session.scalar(COUNT) or 0)


def test_two_writers_who_look_first_both_write(address: str) -> None:
    assert run(look_then_write_at_once, OneWriter(address)) == 2


def test_prefects_own_configuration_fails_one_of_them(address: str) -> None:
    with pytest.raises(OperationalError, match="database is locked"):
        run(look_then_write_at_once, AioSqliteConfiguration(address))


def test_a_transaction_inside_another_needs_no_turn(address: str) -> None:
    async def nest(configuration: AioSqliteConfiguration) -> tuple[int | None, int | None]:
        engine = await configuration.engine()
        async with await configuration.session(engine) as outer, configuration.begin_transaction(outer):
            await outer.execute(WRITE)
            async with await configuration.session(engine) as inner, configuration.begin_transaction(inner):
                return await outer.scalar(COUNT), await inner.scalar(COUNT)

    assert run(nest, OneWriter(address)) == (1, 0)


def test_who_only_reads_inside_a_transaction_waits_for_nobody(address: str) -> None:
    async def nest(configuration: AioSqliteConfiguration) -> int | None:
        engine = await configuration.engine()
        async with await configuration.session(engine) as outer, configuration.begin_transaction(outer):
            await outer.execute(WRITE)
            async with await configuration.session(engine) as inner:
                found: int | None = await inner.scalar(COUNT)
                return found

    assert run(nest, OneWriter(address)) == 0


def test_a_turn_that_does_not_come_is_done_without(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect_connections, "TURN_SECONDS", 0.1)

    async def wait_for_each_other(configuration: AioSqliteConfiguration) -> int:
        """Return what another task reads, for which a writer waits in the middle of its transaction."""
        engine = await configuration.engine()

        async def read() -> int:
            async with await configuration.session(engine) as session, configuration.begin_transaction(session):
                return int(await session.scalar(COUNT) or 0)

        outside = copy_context()
        async with await configuration.session(engine) as session, configuration.begin_transaction(session):
            await session.execute(WRITE)
            return await asyncio.create_task(read(), context=outside)

    assert run(wait_for_each_other, OneWriter(address)) == 0


def test_the_turn_of_a_writer_who_fails_goes_to_the_next(address: str) -> None:
    async def fail_then_write(configuration: AioSqliteConfiguration) -> int:
        engine = await configuration.engine()
        with pytest.raises(OperationalError, match="no such table"):
            async with await configuration.session(engine) as session, configuration.begin_transaction(session):
                await session.execute(text("INSERT INTO gone VALUES (1)"))
        async with await configuration.session(engine) as session, configuration.begin_transaction(session):
            await session.execute(WRITE)
            return int(await session.scalar(COUNT) or 0)

    assert run(fail_then_write, OneWriter(address)) == 1


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_a_cursor_that_was_left_open_is_closed_with_its_transaction(end: str) -> None:
    connection = sqlite3.connect(":memory:", factory=TidyConnection)
    left = connection.cursor()
    left.execute("SELECT 1 UNION SELECT 2")
    assert left.fetchone() == (1,)

    getattr(connection, end)()

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        left.fetchone()
    connection.close()


def test_the_connections_of_the_server_are_tidy(address: str) -> None:
    async def kind(configuration: AioSqliteConfiguration) -> type[object]:
        async with (await configuration.engine()).connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            return type(raw.driver_connection._conn)

    assert run(kind, OneWriter(address)) is TidyConnection


def test_prefect_takes_the_configuration_for_a_block() -> None:
    with one_writer():
        inside = provide_database_interface().database_config
    assert isinstance(inside, OneWriter)
    assert not isinstance(provide_database_interface().database_config, OneWriter)
