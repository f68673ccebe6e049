"""The data dictionary: complete, and never behind the definitions."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse import analyst_views, dictionary
from warehouse.tables import TABLES

DOCUMENT = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_committed_dictionary_is_that_of_the_definitions() -> None:
    if DOCUMENT.read_text(encoding="utf-8") != dictionary.to_markdown(TABLES):
        pytest.fail(f"docs/data-dictionary.md is behind the definitions; run: {dictionary.COMMAND}")


def test_every_table_column_view_and_macro_is_explained() -> None:
    text = dictionary.to_markdown(TABLES)

    for table in TABLES:
        section = text.split(f"### {table.name}\n")[1].split("\n### ")[0]
        for column in (*table.columns, *table.view_only):
            assert f"| `{column}` |" in section
    for name in analyst_views.VIEWS:
        assert f"| `{name}` |" in text
    assert "`quotes_by(name)`" in text


def test_the_command_writes_the_file_it_is_given(tmp_path: Path) -> None:
    assert dictionary.main([str(tmp_path / "d.md")]) == 0
    assert (tmp_path / "d.md").read_text(encoding="utf-8") == dictionary.to_markdown(TABLES)


def test_without_a_file_the_command_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert dictionary.main([]) == 2
    assert dictionary.COMMAND in capsys.readouterr().err
