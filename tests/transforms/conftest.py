"""What tests of transforms share: a document's trip, and case files."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from transforms.prepare import prepare
from transforms.read import read
from transforms.rows import Arrival, Placement
from transforms.settings import TransformSettings
from transforms.split import Split

Trip = Callable[..., Split]


def _arrive(*, name: str, placement: Placement, source: str) -> Arrival:
    return Arrival(f"file:///inbox/{name}", name, datetime(2024, 3, 31, tzinfo=UTC), placement, source)


@pytest.fixture
def trip() -> Trip:
    """Return the way of one file through read and prepare; exceptions are raised."""

    def travel(
        text: str | bytes,
        *,
        name: str = "a.txt",
        placement: Placement | None = None,
        source: str = "unknown",
        settings: TransformSettings | None = None,
    ) -> Split:
        raw = text.encode() if isinstance(text, str) else text
        arrival = _arrive(name=name, placement=placement or Placement(), source=source)
        settings = settings or TransformSettings()
        split = read(io.BytesIO(raw), arrival, settings).split
        if split.rejected.num_rows:
            return split
        return prepare(split.kept["documents"], {arrival.file_uri: arrival}, settings, strict=True)

    return travel
