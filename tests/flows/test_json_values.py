from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from flows.json_values import to_iso


def test_a_moment_says_that_it_is_utc_and_a_day_has_no_zone() -> None:
    moments = {"landed_at": datetime(2024, 5, 1, 12, 0, 1, 5), "published_on": date(2024, 5, 1)}

    written = json.dumps(moments, default=to_iso)

    assert json.loads(written) == {"landed_at": "2024-05-01T12:00:01.000005Z", "published_on": "2024-05-01"}


def test_nothing_else_is_written_as_if_it_were_text() -> None:
    with pytest.raises(TypeError, match="Path has no JSON form"):
        json.dumps({"file": Path("a")}, default=to_iso)
