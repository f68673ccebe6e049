"""Prefect's database, made in memory when a data folder gets its first one.

Prefect makes a new database by a hundred migrations, each through an asynchronous driver and on disk: seven seconds
of computing, most of it waiting on threads. The same migrations run on a plain connection in memory take less than
half, and the file that comes of it is whole or not there.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import warnings
from pathlib import Path
from typing import cast

import sqlalchemy
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from prefect.server.database.alembic_commands import alembic_config
from prefect.server.database.dependencies import provide_database_interface
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from flows.prefect_home import DATABASE_NAME

DATABASE_SETTINGS = ("PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL")


def make_database(home: Path) -> None:
    """Make the database of `home` if it has none; one that the user names elsewhere is left to Prefect.

    Prefect migrates at its start whatever it finds, so where this can't be done only time is lost.
    """
    path = home / DATABASE_NAME
    if path.exists() or any(name in os.environ for name in DATABASE_SETTINGS):
        return
    engine = sqlalchemy.create_engine("sqlite://", poolclass=StaticPool)
    with contextlib.suppress(AttributeError, CommandError, SQLAlchemyError), engine.connect() as connection:
        _migrate(connection)
        connection.commit()
        _save(cast(sqlite3.Connection, connection.connection.driver_connection), path)
    engine.dispose()


def _migrate(connection: sqlalchemy.Connection) -> None:
    """Run all migrations, configured as Prefect's own environment for alembic does for SQLite."""
    database, config = provide_database_interface(), alembic_config()
    scripts = ScriptDirectory.from_config(config)
    scripts.version_locations = [str(database.orm.versions_dir)]
    with (
        warnings.catch_warnings(action="ignore", category=SAWarning),
        EnvironmentContext(config, scripts, fn=lambda at, _: scripts._upgrade_revs("head", at)) as environment,
    ):
        environment.configure(
            connection=connection,
            target_metadata=database.Base.metadata,
            render_as_batch=True,
            transaction_per_migration=True,
        )
        with environment.begin_transaction():
            environment.run_migrations()


def _save(made: sqlite3.Connection, path: Path) -> None:
    """Write the database under a temporary name, and rename it."""
    part = path.with_suffix(f".{os.getpid()}.part")
    with contextlib.closing(sqlite3.connect(part)) as file:
        made.backup(file)
    part.rename(path)
