"""Memory that was needed once is not kept for ever."""

from __future__ import annotations

import subprocess
import sys

import pytest

MUCH_COMES_AND_GOES = """
import sys
import flows.commands.serve
from flows.memory import give_back, settle_for_months

assert "pyarrow" not in sys.modules
settle_for_months()
import psutil
import pyarrow as pa

def megabytes():
    return psutil.Process().memory_full_info().uss / 1e6

pa.array(range(1000)).cast(pa.string())
before = megabytes()
used, kept = [], []
for _ in range(5000):
    used.append(bytearray(20_000))
    kept.append(bytearray(600))
del used
if "give back" in sys.argv:
    give_back()
print(pa.default_memory_pool().backend_name, megabytes() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc gives memory back on demand")
def test_what_was_needed_once_is_given_back() -> None:
    assert 2 * _rest_mb("give back") < _rest_mb("keep")


def _rest_mb(what: str) -> float:
    """Return by how much a process has grown by what it needed once."""
    command = [sys.executable, "-c", MUCH_COMES_AND_GOES, what]
    pool, rest = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout.split()
    assert pool == "system"
    return float(rest)
