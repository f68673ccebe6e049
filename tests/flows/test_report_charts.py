"""The drawings of the report."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flows.report_charts import arrivals_by_day, outcome_bar, sparkline
from warehouse.report import Arrival

TODAY = date(2024, 3, 10)


def heights(chart: str) -> list[float]:
    return [float(height) for height in re.findall(r'<rect[^>]* height="([\d.]+)"', chart)]


def days(chart: str) -> int:
    return chart.count("<g>")


def points(chart: str) -> list[tuple[float, float]]:
    listed = re.search(r'points="([^"]*)"', chart)
    assert listed is not None
    return [(float(x), float(y)) for x, y in (point.split(",") for point in listed[1].split())]


def test_an_outcome_bar_is_divided_in_proportion() -> None:
    bar = outcome_bar({"articles": 6, "repeats": 3, "quarantined": 1})

    assert [float(width) for width in re.findall(r' width="([\d.]+)"', bar)] == [60, 30, 10]


def test_a_source_without_documents_has_no_bar() -> None:
    assert outcome_bar({"articles": 0, "repeats": 0, "quarantined": 0}) == ""


def test_arrivals_of_one_day_stand_at_the_end_of_two_weeks() -> None:
    chart = arrivals_by_day([Arrival(TODAY, "gazette", 1, 4, 2, 1, 1)], TODAY, 30)

    assert days(chart) == 14
    assert heights(chart) == [59.0, 29.5, 29.5]


def test_arrivals_at_the_edge_of_the_window_are_drawn() -> None:
    chart = arrivals_by_day([Arrival(TODAY - timedelta(days=30), "gazette", 1, 1, 1, 0, 0)], TODAY, 30)

    assert days(chart) == 31
    assert len(heights(chart)) == 1


def test_arrivals_of_several_sources_stand_on_each_other() -> None:
    arrivals = [Arrival(TODAY, source, 1, 1, 1, 0, 0) for source in ("gazette", "ledger")]

    chart = arrivals_by_day(arrivals, TODAY, 30)

    assert f"{TODAY}: 2 articles, 0 repeats, 0 quarantined" in chart


def test_a_history_without_failure_is_a_line_on_top() -> None:
    assert {y for _, y in points(sparkline([1.0, 1.0, 1.0], "all held"))} == {3.0}


def test_the_lowest_share_of_a_history_touches_the_ground() -> None:
    drawn = points(sparkline([1.0, 0.2, 0.6], "some failed"))

    assert drawn[1][1] == 17.0
    assert drawn[2][1] == 10.0


def test_a_history_of_one_run_is_a_point() -> None:
    assert len(points(sparkline([1.0], "held"))) == 1
