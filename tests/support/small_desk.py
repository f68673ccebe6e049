"""A small warehouse that was landed by hand: one article and one document in quarantine, both with evil text."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from warehouse import catalog, claims, landing, tables
from warehouse.landing import Landing, RunEnd
from warehouse.ledger import Ledger
from warehouse.records import Receipt

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
GOOD, BAD = "a" * 32, "b" * 32
FILE = "file:///desk/inbox/one%20file.txt"
EVIL = "Storm \x1b[31mhits\x1b[0m \u202eharbour"


def article(**values: Any) -> dict[str, Any]:
    return {
        "article_id": GOOD,
        "document_id": GOOD,
        "file_id": "f" * 32,
        "file_uri": FILE,
        "position": 0,
        "source": "gazette",
        "headline": EVIL,
        "body": "The storm came at dawn.",
        "paragraph_count": 1,
        "word_count": 5,
        "char_count": 23,
        "format": "plain_text",
        "transform_version": "1",
        "lines_version": 0,
        "quality_flags": [],
        **values,
    }


def rows() -> dict[str, list[dict[str, Any]]]:
    place = {"file_id": "f" * 32, "file_uri": FILE, "source": "gazette"}
    counts = {"documents": 2, "articles": 1, "repeats": 0, "quarantined": 1, "skipped": 0}
    return {
        "files": [
            {
                **place,
                **counts,
                "received_at": NOW.replace(tzinfo=None),
                "status": "partly_quarantined",
                "size_bytes": 99,
            }
        ],
        "documents": [{**place, "document_id": GOOD, "position": 0, "format": "plain_text", "raw": b"raw"}],
        "articles": [article()],
        "quarantine": [
            {
                **place,
                "document_id": BAD,
                "position": 1,
                "stage": "clean",
                "reason": "clean.no_story_text",
                "detail": "no letter is left \x1b]0;owned\x07",
                "severity": "critical",
                "raw": b"====\x1b[2J\n",
            }
        ],
    }


def land(root: Path, rows: dict[str, list[dict[str, Any]]]) -> None:
    ledger = Ledger(root)
    run = claims.begin_run(ledger, "manual", now=NOW, version="1")
    arrived = {name: tables.BY_NAME[name].from_rows(listed) for name, listed in rows.items()}
    receipt = Receipt(FILE, "f" * 32, 99, 0, "[]")
    claims.claim(ledger, run.run_id, [FILE], now=NOW, lease=timedelta(hours=1))
    with landing.committer(ledger):
        landing.land(ledger, Landing(run.run_id, arrived, [receipt], end=RunEnd()), now=NOW)
    run.close()
    catalog.publish(root, ledger.read_snapshot())
    ledger.close()


PROGRAM = "from flows.cli import main; main()"


def shell(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=60, **options
    )


def assert_tame(text: str) -> None:
    assert not set(text) & set("\x1b\x07\u202e"), text
