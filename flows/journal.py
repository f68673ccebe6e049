"""The journal of a service: what happens, one line per event, for people or (JSON lines) for machines that collect.

One event per batch with its counts; nothing of an article stands in it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

from flows import console

Form = Literal["text", "json"]
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
Fact = str | int | float | bool | None

NO_FACTS: Mapping[str, Fact] = MappingProxyType({})
FOREIGN = ("prefect", "")
"""Loggers whose warnings belong into the journal: Prefect's does not hand them up to the root."""


class Journal:
    """Where a service tells what happens; lines below `level` are left out."""

    def __init__(self, form: Form, level: Level) -> None:
        self.form = form
        self._least = _rank(level)

    def tell(self, event: str, line: str, facts: Mapping[str, Fact] = NO_FACTS, *, level: Level = "INFO") -> None:
        """Write one event: `line` and the time of day for people, or all `facts` beside it for machines.

        `line` is one of ours; what it quotes is `printable` already.
        """
        if _rank(level) < self._least:
            return
        now = datetime.now(UTC)
        if self.form == "text":
            console.write_line(f"{now.astimezone():%H:%M:%S} {line}")
        else:
            moment = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            record = {"time": moment, "level": level.lower(), "event": event, "message": line} | dict(facts)
            console.write_line(json.dumps(record, ensure_ascii=False))

    @contextmanager
    def taking_words(self) -> Iterator[None]:
        """For a block, make JSON lines of what others say through `console.say`; for people nothing changes."""
        if self.form == "text":
            yield
            return
        with console.said_to(lambda line: self.tell("message", line.strip())):
            yield

    @contextmanager
    def taking_all(self) -> Iterator[None]:
        """For a block, make JSON lines of what others say, and of the warnings of libraries that are imported already.

        For people nothing changes.
        """
        if self.form == "text":
            yield
            return
        handler = _Handler(self)
        for name in FOREIGN:
            logging.getLogger(name).addHandler(handler)
        try:
            with self.taking_words():
                yield
        finally:
            for name in FOREIGN:
                logging.getLogger(name).removeHandler(handler)


class _Handler(logging.Handler):
    """Hands warnings of other libraries to a journal."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.WARNING)
        self._journal = journal
        self._last: logging.LogRecord | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record as an event of its logger; once, where a logger and the root hand over the same one."""
        if record is self._last:
            return
        self._last = record
        level: Level = "ERROR" if record.levelno >= logging.ERROR else "WARNING"
        self._journal.tell("log", console.printable(record.getMessage()), {"logger": record.name}, level=level)


def _rank(level: Level) -> int:
    return logging.getLevelNamesMapping()[level]
