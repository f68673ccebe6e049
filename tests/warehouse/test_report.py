"""The report's figures against small hand-made tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from warehouse import tables
from warehouse.fields import find_field
from warehouse.report import DETAIL_MAX_CHARS, FILL_FIELDS, HISTORY_POINTS, WINDOW_DAYS, Fill, read_figures

NOW = datetime(2024, 3, 10, 12, 0)
Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Catalog = Callable[..., duckdb.DuckDBPyConnection]


@pytest.fixture
def catalog() -> Iterator[Catalog]:
    """A function that makes an in-memory catalog which holds the given rows by table name, as the views show them."""
    connection = duckdb.connect(":memory:")

    def fill(**rows: Sequence[Mapping[str, Any]]) -> duckdb.DuckDBPyConnection:
        for table in tables.TABLES:
            columns = (*table.columns, *table.view_only)
            shown = {
                column: pa.array(
                    [row.get(column) for row in rows.get(table.name, ())], find_field(table.name, column).type
                )
                for column in columns
            }
            connection.register("arriving", pa.table(shown))
            connection.execute(f'CREATE TABLE "{table.name}" AS FROM arriving')
            connection.unregister("arriving")
        return connection

    yield fill
    connection.close()


def article(source: str, **values: Any) -> dict[str, Any]:
    return {"source": source, "format": "plain_text", "landed_at": NOW, **values}


def result(run: int, success: bool, **values: Any) -> dict[str, Any]:
    return {
        "run_id": f"run-{run:03}",
        "suite": "articles",
        "expectation_id": "articles.body",
        "expectation": "values_not_null",
        "column": "body",
        "severity": "critical",
        "success": success,
        "evaluated": 10,
        "unexpected": 0 if success else 4,
        "validated_at": NOW - timedelta(hours=100 - run),
        **values,
    }


def test_an_empty_warehouse_has_zero_totals_and_no_rows(catalog: Catalog) -> None:
    figures = read_figures(catalog(), NOW)

    assert (figures.totals.files, figures.totals.documents, figures.totals.runs) == (0, 0, 0)
    assert figures.totals.last_run_at is None
    assert figures.arrivals == figures.outcomes == figures.runs == figures.suites == figures.fills == ()


def test_documents_are_articles_and_repeats_and_quarantined(catalog: Catalog) -> None:
    connection = catalog(
        files=[
            {"source": "gazette", "status": "landed", "received_at": NOW},
            {"source": "gazette", "status": "seen_before", "received_at": NOW},
        ],
        articles=[article("gazette"), article("gazette", duplicate_of="a"), article("ledger")],
        repeats=[{"source": "gazette"}],
        quarantine=[
            {"source": "ledger", "reason": "clean.no_story_text", "quarantined_at": NOW},
            {"source": "ledger", "reason": "clean.no_story_text", "quarantined_at": NOW, "resolved_at": NOW},
        ],
    )

    figures = read_figures(connection, NOW)

    totals = figures.totals
    assert (totals.articles, totals.copies, totals.repeats, totals.quarantined, totals.quarantine_open) == (
        3,
        1,
        1,
        2,
        1,
    )
    assert totals.documents == 6
    assert (totals.files, totals.files_seen_before) == (1, 1)
    assert [(row.source, row.files, row.documents, row.copies) for row in figures.outcomes] == [
        ("gazette", 1, 3, 1),
        ("ledger", 0, 3, 0),
    ]


def test_arrivals_are_counted_by_day_and_source_within_the_window(catalog: Catalog) -> None:
    counts = {"documents": 2, "articles": 1, "repeats": 1, "quarantined": 0, "status": "landed"}
    connection = catalog(
        files=[
            {"source": "gazette", "received_at": datetime(2024, 3, 9, 23, 59), **counts},
            {"source": "gazette", "received_at": datetime(2024, 3, 9, 0, 1), **counts},
            {"source": "gazette", "received_at": datetime(2024, 3, 10, 0, 1), **counts},
            {"source": "gazette", "received_at": NOW - timedelta(days=WINDOW_DAYS + 1), **counts},
        ]
    )

    arrivals = read_figures(connection, NOW).arrivals

    assert [(row.day, row.files, row.documents, row.articles, row.repeats) for row in arrivals] == [
        (date(2024, 3, 10), 1, 2, 1, 1),
        (date(2024, 3, 9), 2, 4, 2, 2),
    ]


def test_runs_come_newest_first_and_an_unfinished_one_has_no_duration(catalog: Catalog) -> None:
    connection = catalog(
        runs=[
            {"run_id": "a", "status": "done", "started_at": NOW, "finished_at": NOW + timedelta(milliseconds=1500)},
            {"run_id": "b", "status": "running", "started_at": NOW + timedelta(seconds=5)},
        ]
    )

    figures = read_figures(connection, NOW)

    assert [(run.run_id, run.seconds) for run in figures.runs] == [("b", None), ("a", 1.5)]
    assert figures.totals.last_run_status == "running"


def test_a_suite_has_its_pass_share_and_the_newest_runs_as_history(catalog: Catalog) -> None:
    runs = range(HISTORY_POINTS + 2)
    connection = catalog(expectation_results=[result(run, success=run != HISTORY_POINTS + 1) for run in runs])

    (suite,) = read_figures(connection, NOW).suites

    assert (suite.evaluations, suite.passed, suite.expectations) == (HISTORY_POINTS + 2, HISTORY_POINTS + 1, 1)
    assert (suite.rows_evaluated, suite.rows_unexpected) == (10 * (HISTORY_POINTS + 2), 4)
    assert list(suite.history) == [1.0] * (HISTORY_POINTS - 1) + [0.0]


def test_results_without_a_source_stay_apart_from_those_of_a_source(catalog: Catalog) -> None:
    connection = catalog(expectation_results=[result(1, True), result(1, False, source="gazette")])

    suites = read_figures(connection, NOW).suites

    assert [(suite.source, suite.pass_share) for suite in suites] == [(None, 1.0), ("gazette", 0.0)]


def test_a_rule_with_an_expectation_of_its_own_is_broken_under_its_id(catalog: Catalog) -> None:
    connection = catalog(
        expectation_results=[
            result(1, False, observed="4 of 10"),
            result(2, True, observed="0 of 10"),
            result(2, True, expectation_id="articles.headline", column="headline"),
        ]
    )

    (broken,) = read_figures(connection, NOW).broken_rules

    assert (broken.rule, broken.failures, broken.rows_unexpected) == ("articles.body", 1, 4)
    assert broken.observed == "4 of 10"


def test_rules_that_share_an_expectation_are_counted_apart(catalog: Catalog) -> None:
    details = json.dumps({"rules": {"articles.not_text": 3, "articles.markup_left": 1}, "articles": ["a"]})
    connection = catalog(
        expectation_results=[
            result(run, False, expectation_id="articles.text.critical", details=details) for run in (1, 2)
        ]
    )

    broken = read_figures(connection, NOW).broken_rules

    assert [(rule.rule, rule.failures, rule.rows_unexpected) for rule in broken] == [
        ("articles.not_text", 2, 6),
        ("articles.markup_left", 2, 2),
    ]


def test_failures_of_a_mixed_batch_are_counted_for_each_source(catalog: Catalog) -> None:
    connection = catalog(
        expectation_results=[
            result(1, False, details=json.dumps({"sources": {"gazette": 3, "ledger": 1}})),
            result(2, False, source="ledger"),
            result(3, False, severity="info"),
        ]
    )

    broken = read_figures(connection, NOW).broken_by_source

    assert [(row.source, row.severity, row.failures, row.rows_unexpected) for row in broken] == [
        ("ledger", "critical", 2, 5),
        ("gazette", "critical", 1, 3),
        (None, "info", 1, 4),
    ]


def test_quarantine_counts_by_reason_and_shows_open_examples_clipped(catalog: Catalog) -> None:
    held = {"source": "gazette", "severity": "critical", "file_uri": "file:///in/x.txt", "detail": "x" * 5000}
    connection = catalog(
        quarantine=[
            {**held, "quarantine_id": str(number), "reason": "read.binary", "quarantined_at": NOW}
            for number in range(5)
        ]
        + [{**held, "quarantine_id": "r", "reason": "read.gone", "quarantined_at": NOW, "resolved_at": NOW}]
    )

    figures = read_figures(connection, NOW)

    assert [(row.reason, row.waiting, row.resolved) for row in figures.quarantine] == [
        ("read.binary", 5, 0),
        ("read.gone", 0, 1),
    ]
    assert [row.reason for row in figures.quarantine_examples] == ["read.binary"] * 3
    assert figures.quarantine_examples[0].detail == "x" * DETAIL_MAX_CHARS


def test_fill_shares_count_an_empty_list_as_absent(catalog: Catalog) -> None:
    agency = [{"name": "Meridian Press", "role": "agency"}]
    connection = catalog(
        articles=[
            article("gazette", headline="Strike", info_sources=agency),
            article("gazette", info_sources=[]),
        ]
    )

    fills = read_figures(connection, NOW).fills

    assert [fill.field for fill in fills] == list(FILL_FIELDS)
    assert Fill("gazette", "headline", 2, 1, 0.5) in fills
    assert Fill("gazette", "info_sources", 2, 1, 0.5) in fills
    assert Fill("gazette", "byline", 2, 0, 0.0) in fills


def test_flags_have_their_share_of_the_sources_articles(catalog: Catalog) -> None:
    connection = catalog(
        articles=[article("gazette", quality_flags=["no_date", "short"]), article("gazette", quality_flags=["no_date"])]
    )

    flags = read_figures(connection, NOW).flags

    assert [(flag.flag, flag.articles, flag.share) for flag in flags] == [("no_date", 2, 1.0), ("short", 1, 0.5)]


def test_removals_formats_and_languages_are_counted(catalog: Catalog) -> None:
    connection = catalog(
        articles=[article("gazette", language="en"), article("gazette", language="en"), article("gazette")],
        removals=[
            {"article_id": "a", "step": "boilerplate", "reason": "tail_line", "text": "Leave a Comment"},
            {"article_id": "b", "step": "boilerplate", "reason": "tail_line", "text": "Share"},
        ],
    )

    figures = read_figures(connection, NOW)

    (removal,) = figures.removals
    assert (removal.removals, removal.articles, removal.characters) == (2, 2, 20)
    assert [(part.name, part.articles) for part in figures.languages] == [("en", 2), (None, 1)]
    assert [(part.name, part.share) for part in figures.formats] == [("plain_text", 1.0)]
