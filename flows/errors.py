"""What can go wrong beside the data: every error that a person gets to read.

Bad data is a row in quarantine and never one of these.

    CopydeskError
    ├── WrongUse             exit 2   the command cannot mean what it says; nothing was done
    │   └── WrongSetting     exit 2   a key that is unknown, or a value that cannot be one
    └── RunFailed            exit 1   the command was understood and could not be carried out
        ├── NothingThere     exit 1   there is no warehouse in the data folder yet
        └── QueryFailed      exit 1   DuckDB refused a statement
"""

from __future__ import annotations

from typing import ClassVar

DONE = 0
FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130
"""As shells report a process that SIGINT ended."""

_LABELS = ("what", "where", "why", "what to do")


class CopydeskError(Exception):
    """An error in the four parts that a person needs; `exit_code` is what the command ends with."""

    exit_code: ClassVar[int] = FAILED

    def __init__(self, what: str, where: str, why: str, what_to_do: str) -> None:
        super().__init__(what, where, why, what_to_do)
        self.what = what
        self.where = where
        self.why = why
        self.what_to_do = what_to_do

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """Return the four parts as labelled lines, in the order of the constructor."""
        parts = (self.what, self.where, self.why, self.what_to_do)
        return [f"{label + ':':<12}{part}" for label, part in zip(_LABELS, parts, strict=True)]


class WrongUse(CopydeskError):
    """The command cannot mean what it says; nothing was done."""

    exit_code = WRONG_USE


class WrongSetting(WrongUse):
    """A setting that does not exist, or a value that it cannot have."""


class RunFailed(CopydeskError):
    """The command was understood and could not be carried out."""


class NothingThere(RunFailed):
    """The data folder holds no warehouse yet."""


class QueryFailed(RunFailed):
    """DuckDB refused a statement."""
