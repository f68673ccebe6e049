"""Rows behind a mark: what is joined in SQLite is what the rows have, byte by byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert

from warehouse import behind
from warehouse import ledger_schema as schema
from warehouse.behind import ABSENT, rows_behind
from warehouse.ledger import Ledger

BLOBS = [b"", b"\x00", b"\xff\xfe\x00", b"caf\xc3", bytes(range(256)), b",", b"'\n"]
"""Among them no text, bytes that are no UTF-8, and ends of text in the middle."""
STORED = schema.story_terms


@pytest.mark.parametrize("at_once", [1, 3, 7, 100])
def test_columns_are_those_of_the_rows_byte_by_byte(
    at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(behind, "ROWS_AT_ONCE", at_once)
    ledger = Ledger(tmp_path)
    moments = [None, 0, -5, 1_700_000_000_000_000, None, 1, -(1 << 62)]
    with ledger.writing() as connection:
        cells = zip(BLOBS, moments, strict=True)
        connection.execute(
            insert(STORED),
            [
                {"number": 3 * at + 2, "article_id": str(at), "told_at": moment, "is_brief": False, "terms": blob}
                for at, (blob, moment) in enumerate(cells)
            ],
        )

    with ledger.reading() as connection:
        parts = list(rows_behind(connection, STORED.c.number, STORED.c.told_at, STORED.c.terms, 4))
        nothing = list(rows_behind(connection, STORED.c.number, STORED.c.told_at, STORED.c.terms, 1_000))

    ledger.close()
    assert np.concatenate([part.numbers for part in parts]).tolist() == [5, 8, 11, 14, 17, 20]
    known = [ABSENT if moment is None else moment for moment in moments]
    assert np.concatenate([part.values for part in parts]).tolist() == known[1:]
    assert b"".join(part.data for part in parts) == b"".join(BLOBS[1:])
    assert np.concatenate([part.lengths for part in parts]).tolist() == list(map(len, BLOBS[1:]))
    assert nothing == []
