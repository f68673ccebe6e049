"""The line table: numbered versions that never change, and the file in which workers find one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from press import NOW, Press

from warehouse import line_table, paths
from warehouse.line_file import SourceLines, open_lines


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    one = Press(tmp_path)
    yield one
    one.ledger.close()


def _land(press: Press, version: int, sources: Mapping[str, Sequence[str]]) -> None:
    """Land a version that lists sources with their feet."""
    told: dict[str, Any] = {"articles": 60, "added": 0, "dropped": 0, "thresholds": "{}"}
    press.print(
        line_versions=[
            {
                **told,
                "lines_version": version,
                "source": source,
                "lines": len(feet),
                "counted_at": NOW.replace(tzinfo=None),
            }
            for source, feet in sources.items()
        ],
        repeated_lines=[
            {
                "lines_version": version,
                "source": source,
                "place": "foot",
                "line_hash": foot,
                "text": foot,
                "articles": 60,
            }
            for source, feet in sources.items()
            for foot in feet
        ],
    )


def test_before_the_first_count_there_is_neither_a_version_nor_a_file(press: Press) -> None:
    assert line_table.read_newest(press.ledger)[:2] == (0, {})
    assert line_table.file_for_workers(press.ledger) is None


def test_a_version_stands_for_the_sources_that_later_ones_do_not_list(press: Press) -> None:
    _land(press, 1, {"courier": ["one", "two"], "herald": ["three"]})
    _land(press, 2, {"courier": ["two"]})
    _land(press, 3, {"gazette": []})

    table = line_table.read_newest(press.ledger)
    path = line_table.file_for_workers(press.ledger)

    assert (table.version, table.sources) == (3, {"courier": 2, "herald": 1, "gazette": 3})
    assert sorted(table.lines["text"].to_pylist()) == ["three", "two"]
    assert path is not None
    found = open_lines(path)
    assert found.find("courier") == SourceLines("courier", 2, frozenset(), frozenset({"two"}))
    assert found.find("herald") == SourceLines("herald", 1, frozenset(), frozenset({"three"}))
    assert found.find("gazette") == SourceLines("gazette", 3, frozenset(), frozenset())
    assert found.find("unknown") is None


def test_the_file_is_made_once_and_again_when_it_is_gone(press: Press) -> None:
    _land(press, 1, {"courier": ["one"]})
    path = line_table.file_for_workers(press.ledger)
    assert path is not None
    first = path.stat().st_ino

    assert line_table.file_for_workers(press.ledger) == path
    assert path.stat().st_ino == first
    path.unlink()
    assert line_table.file_for_workers(press.ledger) == path
    assert path.exists()


def test_files_of_old_versions_are_removed_but_not_those_a_batch_may_need(press: Press) -> None:
    for version in range(1, 6):
        _land(press, version, {"courier": [str(version)]})
        line_table.file_for_workers(press.ledger)

    assert sorted(paths.line_table(press.root, 1).parent.iterdir()) == [
        paths.line_table(press.root, version) for version in (3, 4, 5)
    ]
