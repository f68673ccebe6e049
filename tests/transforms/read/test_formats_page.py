"""docs/formats.md says what the readers read."""

from __future__ import annotations

from pathlib import Path

from transforms.read import CONTAINERS, READERS
from transforms.read.formats_page import COMMAND, page

PAGE = Path(__file__).parents[3] / "docs" / "formats.md"


def test_the_page_names_every_reader_and_container() -> None:
    text = page()

    for each in (*READERS, *CONTAINERS):
        assert f"| `{each.format}` | " in text


def test_the_page_in_docs_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), f"docs/formats.md is old; run: {COMMAND}"
