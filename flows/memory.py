"""The memory of a process that lives for months: what is free in it goes back to the system.

The C library keeps an arena for each of a service's threads, and Arrow's own allocator what its largest table needed:
half a gigabyte by noon, of which nine tenths are free.
"""

from __future__ import annotations

import ctypes
import os

ARROW_POOL = "ARROW_DEFAULT_MEMORY_POOL"
ARENAS = 2
OF_ITS_OWN_BYTES = 1024 * 1024
"""What is as large as this is given back as soon as it is free; glibc alone soon keeps up to 32 MB for later."""
M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3
"""From glibc's malloc.h."""


def settle_for_months() -> None:
    """Let this process have few arenas, and Arrow none of its own, here and in children; before pyarrow is imported.

    What the user has chosen stays. Where the C library is not glibc, nothing is done.
    """
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        return
    os.environ.setdefault(ARROW_POOL, "system")
    for variable, parameter, value in (
        ("MALLOC_ARENA_MAX", M_ARENA_MAX, ARENAS),
        ("MALLOC_MMAP_THRESHOLD_", M_MMAP_THRESHOLD, OF_ITS_OWN_BYTES),
    ):
        if variable not in os.environ:
            library.mallopt(parameter, value)


def give_back() -> None:
    """Give free memory back to the system, where the C library can; takes some milliseconds."""
    if (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)
