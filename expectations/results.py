"""Results: what was evaluated, as rows of `expectation_results`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from expectations.checks import Checks
from expectations.inspector import Outcome
from expectations.rules import UNBROKEN

EXAMPLES = 5
"""Rows that `details` shows; the others are in quarantine or carry the flag."""


def to_result(outcome: Outcome, checks: Checks, *, source: str | None, details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of one outcome; `run_id` is stamped by *land*.

    `source` is set where all rows come from one, and NULL where several do: `details` counts by source then.
    """
    expectation = outcome.expectation
    share = outcome.unexpected / outcome.evaluated if outcome.unexpected is not None and outcome.evaluated else None
    return {
        "batch": checks.batch,
        "expectation_id": expectation.id,
        "suite": expectation.suite,
        "expectation": expectation.check.type,
        "column": expectation.looks_at,
        "source": source,
        "severity": expectation.severity,
        "success": outcome.success,
        "evaluated": outcome.evaluated,
        "unexpected": outcome.unexpected,
        "unexpected_share": share,
        "observed": None if outcome.observed is None else json.dumps(outcome.observed, default=str),
        "details": json.dumps(details, ensure_ascii=False, sort_keys=True) if details else None,
        "validated_at": checks.validated_at_utc,
    }


def to_details(outcome: Outcome, owners: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return what `details` tells of a failure: `rules` and `sources` with their counts, and some `articles`.

    `owners` are article and source of each unexpected row, in the order of `outcome.rows`.
    """
    if not outcome.rows:
        return {}
    listed = list(owners)
    details: dict[str, Any] = {
        "sources": dict(Counter(source for _, source in listed).most_common()),
        "articles": list(dict.fromkeys(article_id for article_id, _ in listed))[:EXAMPLES],
    }
    if outcome.expectation.check.type == UNBROKEN:
        names = (name for value in outcome.rows.values() for name in str(value).split())
        details["rules"] = dict(Counter(names).most_common())
    return details
