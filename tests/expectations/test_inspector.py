"""The inspector fails loudly where Great Expectations would fail silently."""

from __future__ import annotations

import threading

import pandas as pd
import pytest

from expectations import inspector
from expectations.inspector import EvaluationError, Inspector, Outcome
from expectations.rules import Check, Expectation, Severity


def at_most(limit: float | str, *, column: str = "value", severity: Severity = "warning") -> Expectation:
    check = Check("expect_column_values_to_be_between", column, (("max_value", limit),))
    return Expectation(f"{column}.{limit}.{severity}", "suite", check, severity, ())


def frame(*values: float | None) -> pd.DataFrame:
    return pd.DataFrame({"row": range(len(values)), "value": pd.Series(values, dtype="float64")})


def evaluate(data: pd.DataFrame, *expectations: Expectation, **parameters: float) -> list[Outcome]:
    return Inspector().evaluate(data, expectations, parameters)


def test_unexpected_rows_come_with_their_values() -> None:
    [outcome] = evaluate(frame(1, 7, 2, 9), at_most(5))

    assert (outcome.success, outcome.evaluated, outcome.unexpected) == (False, 4, 2)
    assert outcome.rows == {1: 7.0, 3: 9.0}


def test_outcomes_come_in_the_order_of_the_expectations() -> None:
    expectations = [at_most(9), at_most(5), at_most(8, severity="critical")]

    assert [outcome.expectation for outcome in evaluate(frame(7), *expectations)] == expectations


def test_a_value_that_is_null_is_not_evaluated() -> None:
    [outcome] = evaluate(frame(1, None, 2), at_most(5))

    assert (outcome.success, outcome.evaluated, outcome.unexpected) == (True, 2, 0)


def test_information_is_counted_and_not_listed() -> None:
    [outcome] = evaluate(frame(1, 7), at_most(5, severity="info"))

    assert (outcome.success, outcome.unexpected, outcome.rows) == (False, 1, {})


def test_a_parameter_is_filled_in_at_each_evaluation() -> None:
    inspecting = Inspector()

    found = [inspecting.evaluate(frame(7), [at_most("limit")], {"limit": limit})[0].success for limit in (5, 9, 5)]

    assert found == [False, True, False]


def test_a_column_that_is_not_there_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="nowhere"):
        evaluate(frame(1), at_most(5, column="nowhere"))


def test_another_thread_is_refused() -> None:
    inspecting = Inspector()
    refused: list[BaseException] = []

    def look() -> None:
        try:
            inspecting.evaluate(frame(1), [at_most(5)], {})
        except EvaluationError as error:
            refused.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert "one per thread" in str(refused[0])


def test_a_recycled_context_goes_on_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspector, "RECYCLE_AFTER", 2)
    inspecting = Inspector()

    rows = [inspecting.evaluate(frame(*[7.0] * size), [at_most(5)], {})[0].rows for size in range(1, 6)]

    assert [len(found) for found in rows] == [1, 2, 3, 4, 5]


def test_all_rows_are_named_however_many() -> None:
    [outcome] = evaluate(frame(*[7.0] * 5_000), at_most(5))

    assert list(outcome.rows) == list(range(5_000))


def test_progress_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(frame(1, 7), at_most(5))

    assert capsys.readouterr() == ("", "")
