"""An expectation that remembers its configuration says what Great Expectations' own says."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expectations import inspector, plan, volume

VALUES: dict[str, list[Any]] = {
    "all good": ["a", "b", "c", "d"],
    "nothing there": [None, None, None, None],
    "some missing": ["a", None, "c", None],
    "twice the same": ["a", "a", "b", None],
}
TYPES = sorted({rule.check.type for rule in (*plan.RULES, *volume.RULES) if rule.check is not None})


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    inspector.load()


@pytest.mark.parametrize("about", VALUES)
@pytest.mark.parametrize("name", ["expect_column_values_to_be_null", "expect_column_values_to_be_unique"])
def test_it_finds_what_the_original_finds(name: str, about: str) -> None:
    from expectations.remembering import find_type

    found, original = [look(one, VALUES[about]) for one in (find_type(name), name)]

    assert found == original


@pytest.mark.parametrize("name", TYPES)
def test_all_that_our_rules_use_can_remember(name: str) -> None:
    from great_expectations.expectations.registry import get_expectation_impl

    from expectations.remembering import find_type

    assert issubclass(get_expectation_impl(find_type(name)), get_expectation_impl(name))
    assert find_type(find_type(name).removeprefix("remembering_")) == find_type(name)


def look(name: str, values: list[Any]) -> dict[str, Any]:
    """Return what the expectation called `name` says of a column with these values."""
    import great_expectations
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    context = great_expectations.get_context(mode="ephemeral")
    batch = (
        context.data_sources.add_pandas("frames").add_dataframe_asset("frame").add_batch_definition_whole_dataframe("w")
    )
    frame = pd.DataFrame({"row": range(len(values)), "value": pd.Series(values, dtype="str")})
    expectation = ExpectationConfiguration(type=name, kwargs={"column": "value"}).to_domain_obj()
    how = {"result_format": "COMPLETE", "unexpected_index_column_names": ["row"]}
    result = batch.get_batch({"dataframe": frame}).validate(expectation, result_format=how)
    return {"success": result.success, "result": result.result}
