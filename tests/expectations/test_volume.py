"""Sources are judged by their own history."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expectations import Checks, inspect_warehouse
from expectations.volume import to_bounds
from warehouse import tables

Rows = dict[str, dict[str, Any]]


def articles(**counts: int) -> pd.DataFrame:
    rows = [(source, 20, f"{source} {number}") for source, count in counts.items() for number in range(count)]
    return pd.DataFrame(rows, columns=["source", "headline_chars", "text_hash"])


def history(**days: list[int]) -> pd.DataFrame:
    """Return history from yesterday backwards; all articles have headlines, and days without articles have no row."""
    rows = [
        (source, days_ago, count, count)
        for source, counts in days.items()
        for days_ago, count in enumerate(counts, start=1)
        if count
    ]
    return pd.DataFrame(rows, columns=["source", "days_ago", "articles", "headlines"])


def inspect(today: pd.DataFrame, before: pd.DataFrame, checks: Checks) -> Rows:
    results = tables.EXPECTATION_RESULTS.checked(inspect_warehouse({"articles": today, "history": before}, checks))
    return {row["expectation_id"]: row for row in results.to_pylist()}


def test_a_day_like_the_others_is_fine(checks: Checks) -> None:
    rows = inspect(articles(coastwire=10), history(coastwire=[9, 11, 10, 9, 11, 10, 10, 9]), checks)

    assert {row["success"] for row in rows.values()} == {True}
    assert rows["volume.articles_unusual@coastwire"]["source"] == "coastwire"
    assert rows["volume.articles_unusual"]["source"] is None
    assert rows["volume.articles_unusual@coastwire"]["observed"] == "10"


@pytest.mark.parametrize("count", [1, 40])
def test_too_few_and_too_many_articles_are_unusual(checks: Checks, count: int) -> None:
    rows = inspect(articles(coastwire=count), history(coastwire=[9, 11, 10, 9, 11, 10, 10, 9]), checks)

    assert not rows["volume.articles_unusual@coastwire"]["success"]


def test_a_source_is_found_even_when_it_sends_nothing(checks: Checks) -> None:
    before = history(coastwire=[10] * 8, harbour=[0, 0, 0, 0, 0, 5, 5, 5, 5])

    rows = inspect(articles(coastwire=10), before, checks)

    assert not rows["volume.source_silent@harbour"]["success"]
    assert rows["volume.source_silent@coastwire"]["success"]


def test_a_weekly_source_may_pause_for_days(checks: Checks) -> None:
    rows = inspect(articles(coastwire=10), history(coastwire=[10] * 15, weekly=[0, 0, 0, 1, *[0] * 6, 1]), checks)

    assert rows["volume.source_silent@weekly"]["success"]


def test_a_source_that_loses_its_headlines_is_noticed(checks: Checks) -> None:
    today = articles(coastwire=10)
    today.loc[:4, "headline_chars"] = None

    rows = inspect(today, history(coastwire=[9, 11, 10, 9, 11, 10, 10, 9]), checks)

    assert not rows["volume.headlines_missing@coastwire"]["success"]
    assert rows["volume.headlines_missing@coastwire"]["unexpected"] == 5


def test_one_text_again_and_again_is_noticed(checks: Checks) -> None:
    today = articles(coastwire=10)
    today["text_hash"] = "the same"

    assert not inspect(today, history(coastwire=[10] * 8), checks)["volume.texts_repeated@coastwire"]["success"]


def test_a_new_source_is_not_judged_by_its_past(checks: Checks) -> None:
    rows = inspect(articles(coastwire=10, fresh=300), history(coastwire=[10] * 8, fresh=[1, 2]), checks)

    assert "volume.articles_unusual@fresh" not in rows
    assert rows["volume.texts_repeated@fresh"]["success"]


def test_an_empty_warehouse_has_nothing_to_judge(checks: Checks) -> None:
    assert inspect(articles(), history(), checks) == {}


def test_days_without_arrivals_count_as_zero(checks: Checks) -> None:
    bounds = to_bounds(history(coastwire=[10, 0] * 4 + [10]), checks)

    assert bounds["least"] == 0
    assert bounds["most"] >= 10
    assert bounds["longest_pause"] == 4
