"""The inspector: evaluates expectations over a frame with Great Expectations, in this process and without a trace.

Only this module and `remembering` import great_expectations, when the first inspector is made: that costs 2 to 4
seconds.
"""

from __future__ import annotations

import importlib
import os
import threading
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from expectations.deferral import deferred
from expectations.frames import ROW
from expectations.rules import Expectation

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.core.batch_definition import BatchDefinition

RECYCLE_AFTER = 200
"""Evaluations after which the context is made anew: its stores keep what they have seen."""

UNUSED = ("altair", "scipy.stats")
"""What great_expectations imports for expectations that none of our rules are: a third of the time it takes."""

_importing = threading.Lock()


class EvaluationError(RuntimeError):
    """Great Expectations could not evaluate an expectation, or evaluated another frame: a bug, never bad data."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Great Expectations says of one expectation over one frame."""

    expectation: Expectation
    success: bool
    evaluated: int | None
    """Rows that have a value to evaluate; None where the expectation looks at the frame as a whole."""
    unexpected: int | None
    rows: Mapping[int, object] = field(default_factory=dict)
    """Unexpected values by row of the frame, all of them; empty where `info` only asks how many."""
    observed: object = None


class Inspector:
    """A Great Expectations context for one thread: sharing one between threads mixes up frames."""

    def __init__(self) -> None:
        load()
        self._thread = threading.get_ident()
        self._left = 0
        self._batches: BatchDefinition[Any]
        self._suites: dict[tuple[Expectation, ...], ExpectationSuite] = {}

    def evaluate(
        self, data: pd.DataFrame, expectations: Sequence[Expectation], parameters: Mapping[str, float]
    ) -> list[Outcome]:
        """Return the outcome of each expectation over `data`, which has the column `row` where rows are to be named.

        The first look counts; a second one names all unexpected rows of what failed as critical or warning.
        Cost: 2 ms of CPU per expectation and 4 per frame for small frames, and 2 ms more per expectation that failed.
        """
        if threading.get_ident() != self._thread:
            raise EvaluationError("validate: an Inspector was called from another thread: make one per thread")
        outcomes = self._look(data, expectations, parameters, named=False)
        if ROW not in data.columns:
            return outcomes
        failed = [one.expectation for one in outcomes if not one.success and one.expectation.severity != "info"]
        named = {one.expectation.id: one for one in self._look(data, failed, parameters, named=True)}
        return [named.get(one.expectation.id, one) for one in outcomes]

    def _look(
        self, data: pd.DataFrame, expectations: Sequence[Expectation], parameters: Mapping[str, float], *, named: bool
    ) -> list[Outcome]:
        if not expectations:
            return []
        self._recycle()
        suite = self._suite(tuple(expectations))
        result_format: dict[str, Any] = {"result_format": "BASIC"}
        if named:
            result_format = {
                "result_format": "COMPLETE",
                "unexpected_index_column_names": [ROW],
                "return_unexpected_index_query": False,
            }
        batch = self._batches.get_batch({"dataframe": data})
        result = batch.validate(suite, result_format=result_format, expectation_parameters=dict(parameters))
        by_id = {str(one.expectation_config.meta["id"]): one for one in result.results if one.expectation_config}
        return [to_outcome(expectation, by_id[expectation.id], len(data)) for expectation in expectations]

    def _recycle(self) -> None:
        """Make the context and its suites anew when the old ones have done their share."""
        self._left -= 1
        if self._left >= 0:
            return
        import great_expectations
        from great_expectations.data_context.types.base import ProgressBarsConfig

        context = great_expectations.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
        self._batches = asset.add_batch_definition_whole_dataframe("whole")
        self._suites = {}
        self._left = RECYCLE_AFTER

    def _suite(self, expectations: tuple[Expectation, ...]) -> ExpectationSuite:
        """Return the suite of `expectations`; parameters are filled in at evaluation, so that it serves all batches."""
        if expectations not in self._suites:
            import great_expectations

            suite = great_expectations.ExpectationSuite(name=f"suite-{len(self._suites)}")
            for expectation in expectations:
                suite.add_expectation(to_great_expectation(expectation))
            self._suites[expectations] = suite
        return self._suites[expectations]


def load() -> None:
    """Import great_expectations with analytics off unless `GX_ANALYTICS_ENABLED` says otherwise."""
    with _importing, warnings.catch_warnings(), deferred(UNUSED):
        os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
        # 1.24 imports modules of the standard library that 3.11 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        importlib.import_module("great_expectations.expectations")


def to_great_expectation(expectation: Expectation) -> Any:
    """Return Great Expectations' own object; an argument that is a string becomes a parameter of the evaluation."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity

    from expectations.remembering import find_type

    check = expectation.check
    arguments = {name: {"$PARAMETER": value} if isinstance(value, str) else value for name, value in check.arguments}
    domain = {"column": check.column} if check.column else {}
    return ExpectationConfiguration(
        type=find_type(check.type),
        kwargs={**domain, **arguments},
        meta={"id": expectation.id},
        severity=FailureSeverity(expectation.severity),
    ).to_domain_obj()


def to_outcome(expectation: Expectation, result: Any, total: int) -> Outcome:
    """Return `result`, an ExpectationValidationResult, as an Outcome.

    Raise EvaluationError when it is that of a crash or of a frame with another number of rows than `total`.
    """
    found = result.result
    if not found:
        raise EvaluationError(f"validate: {expectation.id} could not be evaluated: {result.exception_info}")
    if found.get("element_count", total) != total:
        raise EvaluationError(
            f"validate: {expectation.id} saw {found['element_count']} rows of {total}: a context is shared by threads"
        )
    if "unexpected_count" not in found:
        return Outcome(expectation, bool(result.success), None, None, observed=found.get("observed_value"))
    named = found.get("unexpected_index_list")
    rows = {int(one[ROW]): one[expectation.check.column] for one in named or ()}
    if named is not None and len(rows) != found["unexpected_count"]:
        raise EvaluationError(f"validate: {expectation.id} names {len(rows)} of {found['unexpected_count']} rows")
    evaluated = total - int(found.get("missing_count") or 0)
    return Outcome(expectation, bool(result.success), evaluated, int(found["unexpected_count"]), rows)
