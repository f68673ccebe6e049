"""Memory that was needed once is not kept for ever."""

from __future__ import annotations

import subprocess
import sys

import pytest

TABLES_COME_AND_GO = """
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
kept = []
for size in range(1, 2000):
    tables = [pa.table({"text": ["word " * 200] * size}) for _ in range(2)]
    kept.append(bytearray(500))
while_used = megabytes()
del tables
give_back()
print(pa.default_memory_pool().backend_name, while_used - before > megabytes() - before, megabytes() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc gives memory back on demand")
def test_what_tables_needed_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", TABLES_COME_AND_GO], capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    pool, is_less, rest_mb = done.stdout.split()
    assert (pool, is_less) == ("system", "True")
    assert float(rest_mb) < 40
