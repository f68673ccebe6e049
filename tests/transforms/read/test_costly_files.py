"""Files that are made to cost end as rows and quarantine within their limits, in less than 400 MB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
LIMIT_MIB = 400

EXPECTED: dict[str, dict[str, int]] = {
    "json_line_of_1_gb": {"documents": 1, "read.document_too_large": 1},
    "json_array_of_1_gb": {"documents": 0, "read.document_too_large": 1},
    "json_many_values": {"documents": 0, "read.json_limits": 1},
    "quoted_newlines": {"documents": 0, "read.row_unreadable": 1},
    "quotes_never_closed": {"documents": 0, "read.row_unreadable": 200_000},
    "rows_of_300_mb": {"documents": 100_000},
    "zip_bomb": {"documents": 0, "read.expands_too_much": 1},
    "nested_zip_bomb": {"documents": 0, "read.expands_too_much": 1},
    "gzip_of_rows": {"documents": 20_000},
    "many_members": {"documents": 100_000, "read.archive_cut": 1},
    "gzip_in_gzip": {"documents": 0, "read.nested_too_deep": 1},
}


def outcome(case: str) -> dict[str, Any]:
    script = ROOT / "tests" / "support" / "costly_files.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(script), case], capture_output=True, text=True, timeout=300, check=True, env=environment
    )
    return dict(json.loads(done.stdout))


@pytest.mark.slow
@pytest.mark.parametrize("case", EXPECTED)
def test_a_costly_file_stays_within_its_limits(case: str) -> None:
    told = outcome(case)

    assert {key: count for key, count in told["found"].items() if count or key == "documents"} == EXPECTED[case]
    assert told["peak_mib"] < LIMIT_MIB
