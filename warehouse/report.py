"""The figures of the data-quality report: what arrived, what became of it, and what the checks said.

Everything is read from the published views, and nothing is formatted here: see `flows.report_page`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from warehouse import report_queries
from warehouse.fields import BY_NAME

WINDOW_DAYS = 30
"""Arrivals and expectations look back so far: a month shows weekly rhythms and stays one screen wide."""
RUNS_SHOWN = 20
HISTORY_POINTS = 30
EXAMPLES_PER_REASON = 3
DETAIL_MAX_CHARS = 1000
"""A traceback in `detail` may be long; its whole text stays in `quarantine`."""
FILL_FIELDS = (
    "headline",
    "byline",
    "published_on",
    "language",
    "dateline",
    "section",
    "info_sources",
    "copyright_holder",
    "url",
)


@dataclass(frozen=True, slots=True)
class Totals:
    """The warehouse in one line."""

    files: int
    files_seen_before: int
    documents: int
    articles: int
    copies: int
    repeats: int
    quarantined: int
    quarantine_open: int
    skipped: int
    sources: int
    runs: int
    last_run_at: datetime | None
    last_run_status: str | None
    last_landed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one source delivered on one day, as its files' receipts say."""

    day: date
    source: str
    files: int
    documents: int
    articles: int
    repeats: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all documents of one source; `copies` are among `articles`."""

    source: str
    files: int
    documents: int
    articles: int
    copies: int
    repeats: int
    quarantined: int
    last_landed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """One flow run; `seconds` is None while it has not finished."""

    run_id: str
    trigger: str
    status: str
    error: str | None
    started_at: datetime
    seconds: float | None
    files: int
    documents: int
    articles: int
    repeats: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """How the expectations of one suite, severity and source held; `source` is None where they ran over all sources."""

    suite: str
    severity: str
    source: str | None
    expectations: int
    evaluations: int
    passed: int
    pass_share: float
    rows_evaluated: int
    rows_unexpected: int
    history: Sequence[float]
    """Pass share of each run, oldest first, at most HISTORY_POINTS."""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One rule that was broken in the window; `failures` counts batches."""

    rule: str
    severity: str
    failures: int
    rows_unexpected: int
    observed: str | None
    last_failed_at: datetime


@dataclass(frozen=True, slots=True)
class BrokenBySource:
    """Failures of one severity in one source; `source` is None where the results do not tell it."""

    source: str | None
    severity: str
    failures: int
    rows_unexpected: int
    observed: str | None
    last_failed_at: datetime


@dataclass(frozen=True, slots=True)
class QuarantineReason:
    """Documents and files held back under one reason."""

    reason: str
    severity: str
    waiting: int
    resolved: int
    sources: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class QuarantineExample:
    """One of the newest open rows of a reason."""

    reason: str
    file_uri: str
    position: int | None
    source: str
    detail: str | None
    quarantined_at: datetime


@dataclass(frozen=True, slots=True)
class Flag:
    """How many articles of one source carry one quality flag."""

    source: str
    flag: str
    articles: int
    share: float


@dataclass(frozen=True, slots=True)
class Fill:
    """In how many articles of one source one field is known."""

    source: str
    field: str
    articles: int
    filled: int
    share: float


@dataclass(frozen=True, slots=True)
class RemovalCount:
    """What one cleaning step took, moved or rewrote for one reason."""

    step: str
    reason: str
    removals: int
    articles: int
    characters: int


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of all articles, by format or language; `name` is None where the article says none."""

    name: str | None
    articles: int
    share: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the report shows. Times are naive UTC, shares 0 to 1; docs/report.md lists the keys of its JSON."""

    built_at: datetime
    window_days: int
    totals: Totals
    arrivals: tuple[Arrival, ...]
    outcomes: tuple[Outcome, ...]
    runs: tuple[Run, ...]
    suites: tuple[SuiteResult, ...]
    broken_rules: tuple[BrokenRule, ...]
    broken_by_source: tuple[BrokenBySource, ...]
    quarantine: tuple[QuarantineReason, ...]
    quarantine_examples: tuple[QuarantineExample, ...]
    flags: tuple[Flag, ...]
    fills: tuple[Fill, ...]
    removals: tuple[RemovalCount, ...]
    formats: tuple[Portion, ...]
    languages: tuple[Portion, ...]


Row = TypeVar("Row")


def read_figures(connection: duckdb.DuckDBPyConnection, now: datetime) -> Figures:
    """Return the figures of the warehouse that `connection` sees, as of `now` (naive UTC).

    Shape:   an empty warehouse gives zeros in `totals` and empty tuples elsewhere.
    Cost:    linear in the rows of `articles`, `removals` and `files`; bodies and raw bytes are not read.
    """
    window = {"since": now - timedelta(days=WINDOW_DAYS), "until": now}
    shown = {"points": HISTORY_POINTS}
    examples = {"examples": EXAMPLES_PER_REASON, "max_chars": DETAIL_MAX_CHARS}
    return Figures(
        built_at=now,
        window_days=WINDOW_DAYS,
        totals=_rows(connection, Totals, report_queries.TOTALS)[0],
        arrivals=_rows(connection, Arrival, report_queries.ARRIVALS, window),
        outcomes=_rows(connection, Outcome, report_queries.OUTCOMES),
        runs=_rows(connection, Run, report_queries.RUNS, {"runs": RUNS_SHOWN}),
        suites=_rows(connection, SuiteResult, report_queries.SUITES, window | shown),
        broken_rules=_rows(connection, BrokenRule, report_queries.BROKEN_RULES, window),
        broken_by_source=_rows(connection, BrokenBySource, report_queries.BROKEN_BY_SOURCE, window),
        quarantine=_rows(connection, QuarantineReason, report_queries.QUARANTINE),
        quarantine_examples=_rows(connection, QuarantineExample, report_queries.QUARANTINE_EXAMPLES, examples),
        flags=_rows(connection, Flag, report_queries.FLAGS),
        fills=_rows(connection, Fill, report_queries.fills({field: _is_list(field) for field in FILL_FIELDS})),
        removals=_rows(connection, RemovalCount, report_queries.REMOVALS),
        formats=_rows(connection, Portion, report_queries.portions("format")),
        languages=_rows(connection, Portion, report_queries.portions("language")),
    )


def _rows(
    connection: duckdb.DuckDBPyConnection, kind: type[Row], query: str, parameters: dict[str, Any] | None = None
) -> tuple[Row, ...]:
    """Return the rows of `query` as `kind`, whose fields bear the names of the query's columns."""
    cursor = connection.execute(query, parameters or {})
    names = [column[0] for column in cursor.description or ()]
    return tuple(kind(**dict(zip(names, row, strict=True))) for row in cursor.fetchall())


def _is_list(field: str) -> bool:
    return pa.types.is_list(BY_NAME[field].type)
