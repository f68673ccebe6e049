"""A nameplate: a locked file that says who is there. It counts only as long as its owner lives.

The kernel frees the lock whatever kills the owner, so what an unlocked file says is of no account.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import IO, Any

Lock = IO[bytes]
"""An open file that is locked; closing it frees it. Children don't inherit it unless it is handed to them."""


def lock(path: Path, *, shared: bool = False) -> Lock | None:
    """Return `path` locked, or None when another process holds it; made when it is not there."""
    file = path.open("ab")
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def wait_until_alone(path: Path) -> Lock:
    """Return `path` locked, as soon as no other process shares it."""
    file = path.open("ab")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def write(plate: Lock, facts: dict[str, Any], *, private: bool = False) -> None:
    """Make a plate that this process holds say `facts`; to its owner alone when they are `private`."""
    if private:
        os.fchmod(plate.fileno(), 0o600)
    plate.truncate(0)
    plate.write(json.dumps(facts).encode())
    plate.flush()


def is_held(path: Path) -> bool:
    """Return whether somebody living holds the plate at `path`, written or not. Raises PermissionError."""
    if not path.exists():
        return False
    probe = lock(path, shared=True)
    if probe is not None:
        probe.close()
    return probe is None


def read(path: Path) -> dict[str, Any] | None:
    """Return what the plate at `path` says; None when nobody holds it, or its owner has not written it yet."""
    if not is_held(path):
        return None
    try:
        facts = json.loads(path.read_bytes())
    except json.JSONDecodeError:
        return None
    return facts if isinstance(facts, dict) else None
