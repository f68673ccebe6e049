"""Errors of other folders and of the system, told to a person in the four parts of `flows.errors`.

Types are looked up among the modules that are loaded: nothing is imported to explain that something failed.
"""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from flows.errors import CopydeskError, QueryFailed, RunFailed

_TYPES = (
    ("warehouse.ledger", "LedgerError"),
    ("warehouse.compaction", "RowsLost"),
    ("duckdb", "Error"),
    ("sqlite3", "Error"),
    ("sqlalchemy.exc", "SQLAlchemyError"),
)
_TO_DO = {
    "LedgerTooNew": "upgrade copydesk: pip install --upgrade copydesk",
    "SnapshotExpired": "ask for a snapshot that is kept, or leave --at out; snapshot_retention_days says how long",
    "LedgerBusy": "end what holds it (`fuser` or `lsof` names it), and run the command again",
    "LeaseLost": "run the command again: what the other run landed is left alone",
    "SnapshotMoved": "run the command again",
    "RowsLost": "nothing was changed; keep the data folder as it is and report this",
}
_LOOK_INSIDE = "run `copydesk doctor`, which looks for what is wrong"
_MAKE_ROOM = "make room and run the command again: what has not landed waits where it is"
_LET_WRITE = "let this user write there and run the command again: what has not landed waits where it is"
_SYSTEM_TO_DO = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _MAKE_ROOM),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), _LET_WRITE),
}
_LEDGER_TO_DO = {
    "database or disk is full": _MAKE_ROOM,
    "attempt to write a readonly database": _LET_WRITE,
    "unable to open database file": _LET_WRITE,
}


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
        to_do = _SYSTEM_TO_DO.get(error.errno or 0, _LOOK_INSIDE)
        return RunFailed("the system refused a file", place, error.strerror or str(error), to_do)
    if module.startswith("warehouse"):
        return RunFailed(
            "the warehouse cannot be used as asked", str(where), str(error), _TO_DO.get(name, _LOOK_INSIDE)
        )
    first_line = str(error).partition("\n")[0]
    if not module.startswith(("duckdb", "_duckdb")):
        to_do = next((do for said, do in _LEDGER_TO_DO.items() if said in first_line), _LOOK_INSIDE)
        return RunFailed("the ledger cannot be read or written", str(where), first_line, to_do)
    return QueryFailed(
        "DuckDB refused the statement",
        _marked_line(str(error)) or str(where),
        first_line,
        'correct it; copydesk sql "DESCRIBE articles" says what a table has',
    )


def _marked_line(message: str) -> str | None:
    """Return the line of the statement that DuckDB's message quotes, or None."""
    return next((line for line in message.splitlines() if line.startswith("LINE ")), None)
