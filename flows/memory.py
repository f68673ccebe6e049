"""The memory of a process that lives for months: what is free in it goes back to the system.

The C library keeps an arena for each of a service's threads, and Arrow's own allocator what its largest table needed:
half a gigabyte by noon, of which nine tenths are free.
"""

from __future__ import annotations

import ctypes
import os

ARROW_POOL = "ARROW_DEFAULT_MEMORY_POOL"
ARENAS = 2
M_ARENA_MAX = -8
"""From glibc's malloc.h."""


def settle_for_months() -> None:
    """Let this process have few arenas, and Arrow none of its own, here and in children; before pyarrow is imported.

    What the user has chosen stays. Where the C library is not glibc, nothing is done.
    """
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        return
    os.environ.setdefault(ARROW_POOL, "system")
    if "MALLOC_ARENA_MAX" not in os.environ:
        library.mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Give free memory back to the system, where the C library can; takes some milliseconds."""
    if (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)
