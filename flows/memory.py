"""Memory that is free inside this process, given back to the system.

The C library keeps an arena for each of a service's threads, and what is freed in one stays there: half a gigabyte by
noon. Arrow's allocator keeps what the largest compaction needed.
"""

from __future__ import annotations

import ctypes

import pyarrow as pa


def give_back() -> None:
    """Give free memory back; takes some milliseconds. Where the C library has no call for it, Arrow's share alone."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
