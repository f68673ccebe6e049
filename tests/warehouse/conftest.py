"""What tests of the writing side share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An empty warehouse, and commits to it."""
    opened = Office(tmp_path / "data")
    yield opened
    opened.close()
