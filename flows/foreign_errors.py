"""Errors of other folders and of the system, told to a person in the four parts of `flows.errors`.

Types are looked up among the modules that are loaded: nothing is imported to explain that something failed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows.errors import CopydeskError, QueryFailed, RunFailed

_TYPES = (("warehouse.ledger", "LedgerError"), ("duckdb", "Error"))
_TO_DO = {
    "LedgerTooNew": "upgrade copydesk: pip install --upgrade copydesk",
    "SnapshotExpired": "ask for a snapshot that is kept, or leave --at out; snapshot_retention_days says how long",
    "LeaseLost": "run the command again: what the other run landed is left alone",
    "SnapshotMoved": "run the command again",
}
_LOOK_INSIDE = "run `copydesk doctor`, which looks for what is wrong"


def types() -> tuple[type[Exception], ...]:
    """Return the exception types that `explain` knows; call it when one was raised."""
    found = [OSError]
    for module, name in _TYPES:
        if module in sys.modules:
            found.append(getattr(sys.modules[module], name))
    return tuple(found)


def explain(error: Exception, where: Path | str) -> CopydeskError:
    """Return `error`, of one of `types()`, in four parts; `where` stands in when it names no place itself."""
    name = type(error).__name__
    module = type(error).__module__
    if isinstance(error, OSError):
        place = error.filename if isinstance(error.filename, str) else str(where)
        return RunFailed("the system refused a file", place, error.strerror or str(error), _LOOK_INSIDE)
    if module.startswith("warehouse"):
        return RunFailed(
            "the warehouse cannot be used as asked", str(where), str(error), _TO_DO.get(name, _LOOK_INSIDE)
        )
    return QueryFailed(
        "DuckDB refused the statement", str(where), str(error), "correct it; `DESCRIBE articles` shows what a view has"
    )
