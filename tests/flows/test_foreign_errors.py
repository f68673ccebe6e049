from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import duckdb
import pytest
from sqlalchemy.exc import OperationalError

from flows import foreign_errors
from flows.errors import CopydeskError, QueryFailed
from warehouse.ledger import Ledger, LedgerError, SnapshotExpired

ROOT = Path("/srv/data")


def explained(error: Exception) -> CopydeskError:
    assert isinstance(error, foreign_errors.types())
    return foreign_errors.explain(error, ROOT)


def test_a_refused_statement_shows_the_line_that_duckdb_marks() -> None:
    with pytest.raises(duckdb.Error) as caught:
        duckdb.connect().execute("SELECT 1,\n  hedline")

    found = explained(caught.value)

    assert isinstance(found, QueryFailed)
    assert "hedline" in found.where
    assert "\n" not in found.why


def test_a_full_disk_is_told_with_the_file() -> None:
    found = explained(OSError(errno.ENOSPC, "No space left on device", "/srv/data/lake/x.parquet"))

    assert (found.where, found.why) == ("/srv/data/lake/x.parquet", "No space left on device")


def test_an_expired_snapshot_is_told_with_those_that_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        Ledger(tmp_path).read_snapshot(3)

    found = explained(caught.value)

    assert isinstance(caught.value, SnapshotExpired)
    assert "snapshot 3 cannot be read" in found.why
    assert "--at" in found.what_to_do


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("disk I/O error"), OperationalError("SELECT 1", {}, Exception("locked"))]
)
def test_trouble_with_the_ledger_sends_to_the_doctor(error: Exception) -> None:
    assert "copydesk doctor" in explained(error).what_to_do


def test_a_bug_is_nobodys_error_and_keeps_its_traceback() -> None:
    assert not isinstance(KeyError("x"), foreign_errors.types())
