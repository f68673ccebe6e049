"""Cases of formats: a file's text, and what becomes of it on the way through read and prepare."""

from __future__ import annotations

import io
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from transforms.prepare import prepare
from transforms.read import read
from transforms.rows import Arrival
from transforms.settings import TransformSettings

Case = dict[str, Any]


class Trip(NamedTuple):
    """What became of one file; rows as mappings, quarantine of both stages together."""

    format: str | None
    documents: list[dict[str, Any]]
    articles: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    skipped: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    unread: int
    """How many of the rejected were so while the file was read, and became no document."""


def load_cases(beside: str, name: str) -> list[Case]:
    """Return the cases of `cases/NAME.toml` beside a test file."""
    path = Path(beside).parent / "cases" / f"{name}.toml"
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["case"])


def travel(raw: bytes, name: str, **limits: Any) -> Trip:
    """Return what becomes of a file; an exception is raised, not quarantined."""
    arrival = Arrival(f"file:///inbox/{name}", name, datetime(2024, 6, 15, tzinfo=UTC))
    settings = TransformSettings(**limits)
    reading = read(io.BytesIO(raw), arrival, settings)
    documents = reading.split.kept["documents"]
    prepared = prepare(documents, {arrival.file_uri: arrival}, settings, strict=True)
    return Trip(
        reading.format,
        documents.to_pylist(),
        prepared.kept["articles"].to_pylist(),
        prepared.kept["evidence"].to_pylist(),
        reading.split.kept["skipped"].to_pylist(),
        [*reading.split.rejected.to_pylist(), *prepared.rejected.to_pylist()],
        reading.split.rejected.num_rows,
    )


def check(case: Case, name: str) -> None:
    """Assert that a case's file becomes the articles, skipped things and rejections that the case names."""
    trip = travel(to_bytes(case), case.get("name", name))

    expected = case.get("article", [])
    assert len(trip.articles) == len(expected), (trip.articles, trip.rejected)
    for article, wanted in zip(trip.articles, expected, strict=True):
        assert {field: _plain(article[field]) for field in wanted} == wanted
    assert [row["reason"] for row in trip.skipped] == case.get("skipped", [])
    assert [row["reason"] for row in trip.rejected] == case.get("rejected", [])
    methods = {row["field"]: row["method"] for row in trip.evidence}
    assert {field: methods.get(field) for field in case.get("methods", {})} == case.get("methods", {})


def to_bytes(case: Case) -> bytes:
    """Return a case's file in its `encoding`; `raw` is text, `hex` are bytes."""
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    return str(case["raw"]).encode(case.get("encoding", "utf-8"))


def _plain(value: Any) -> Any:
    """Return a cell as case files spell it: instants and days as text, absent as "absent"."""
    if value is None:
        return "absent"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [f"{each['name']} ({each['role']})" for each in value]
    return value if isinstance(value, str | bool | int | list) else str(value)
