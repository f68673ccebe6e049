"""How much memory this process held at most."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def peak_mib() -> int:
    """Return the peak resident memory of this process in MiB.

    On Linux ``ru_maxrss`` of a new process starts at the size of the one that forked it, so VmHWM is read instead.
    """
    status = Path("/proc/self/status")
    if status.exists():
        high_water = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(high_water.split()[1]) // 1024
    kibibyte = 1024 if sys.platform != "darwin" else 1024 * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // kibibyte
