"""Evaluation: the suites of a batch, and who owns the rows that failed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from expectations import plan
from expectations.batch import Batch, Broken
from expectations.frames import Frame, to_article_frame, to_row_frame
from expectations.inspector import Inspector, Outcome
from expectations.results import to_details, to_result
from expectations.routing import Failure
from expectations.rules import UNBROKEN, Expectation, Rule

_RULES = {rule.id: rule for rule in plan.RULES}

_FRAMES: tuple[tuple[str, Callable[[Batch, Sequence[Broken], Sequence[Expectation]], Frame]], ...] = (
    ("articles", to_article_frame),
    ("rows", to_row_frame),
)
"""The suites in order, with the frame that each looks at."""

_of_thread = threading.local()


class Finding(NamedTuple):
    """One expectation's outcome, and the rows it names."""

    outcome: Outcome
    failures: list[Failure]


def evaluate(batch: Batch, expectations: Sequence[Expectation]) -> Iterator[Finding]:
    """Yield a finding for each of `expectations` over the rows of `batch`."""
    checks = batch.checks
    parameters = {name: float(getattr(checks, name)) for name in ("min_words", "max_headline_chars", "max_days_ahead")}
    broken = list(plan.find_broken(batch))
    for suite, to_frame in _FRAMES:
        wanted = [expectation for expectation in expectations if expectation.suite == suite]
        frame = to_frame(batch, broken, wanted)
        for outcome in own_inspector().evaluate(frame.data, wanted, parameters):
            yield Finding(outcome, list(_failures(outcome, frame, batch)))


def to_row(finding: Finding, batch: Batch) -> dict[str, Any]:
    """Return the row of `expectation_results` for one finding."""
    owners = ((failure.article_id, batch.sources[failure.article_id]) for failure in finding.failures)
    names = set(batch.sources.values())
    return to_result(
        finding.outcome,
        batch.checks,
        source=names.pop() if len(names) == 1 else None,
        details=to_details(finding.outcome, owners),
    )


def own_inspector() -> Inspector:
    """Return the inspector of this thread, made at the first call; a thread that ends takes its context with it."""
    if not hasattr(_of_thread, "inspector"):
        _of_thread.inspector = Inspector()
    inspector: Inspector = _of_thread.inspector
    return inspector


def _failures(outcome: Outcome, frame: Frame, batch: Batch) -> Iterator[Failure]:
    """Yield a failure for each rule that each unexpected row of `outcome` breaks."""
    critical = outcome.expectation.severity == "critical"
    for row, value in outcome.rows.items():
        table, place = frame.locate(row)
        article_id = batch.article_ids(table)[place].as_py()
        for rule in _rules_of(outcome.expectation, value):
            measured = None if outcome.expectation.check.type == UNBROKEN else value
            yield Failure(rule, critical, article_id, measured)


def _rules_of(expectation: Expectation, value: object) -> tuple[Rule, ...]:
    if expectation.check.type == UNBROKEN:
        return tuple(_RULES[name] for name in str(value).split())
    return expectation.rules
