"""Articles to validate: sound ones, which a test then spoils."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from expectations import Checks
from transforms.identity import to_id
from warehouse import tables

BODY = (
    "The last ferry to Port Ellis left twenty minutes late on Monday, and nobody on board knew why it had waited.\n\n"
    "“We were lucky,” harbour master Ana Ruiz said. The crew found water in the engine room before the tide turned, "
    "and 42 passengers were taken back to the quay."
)

Tables = Mapping[str, pa.Table]
Spoiled = Mapping[str, Any]


def to_article(body: str, changed: Spoiled) -> dict[str, Any]:
    """Return a sound article with `body`, and with the columns of `changed` as they say."""
    return {
        "file_uri": "file:///inbox/ferry.txt",
        "position": 0,
        "source": "coastwire",
        "headline": "Ferry passengers rescued",
        "body": body,
        "language": "en",
        "published_on": date(2031, 4, 12),
        "paragraph_count": body.count("\n\n") + 1 if body else 0,
        "word_count": len(body.split()),
        "char_count": len(body),
        "format": "plain_text",
        "transform_version": "1",
        "lines_version": 0,
        **changed,
    }


def to_pieces(body: str) -> dict[str, dict[str, Any]]:
    """Return one sound row of each child table; a body without the words of BODY has its first characters spanned."""

    def place(text: str) -> dict[str, Any]:
        start = max(body.find(text), 0)
        found = body[start : start + len(text)]
        return {"text": found, "start_char": start, "end_char": start + len(found)}

    def span(text: str) -> dict[str, Any]:
        return {"ordinal": 0, **place(text)}

    known = {"rule": "a rule", "confidence": 0.9}
    return {
        "removals": {
            "ordinal": 0,
            "step": "boilerplate",
            "reason": "tail_line",
            "text": "x",
            "start_char": 900,
            "end_char": 901,
        },
        "quotes": {**span("We were lucky,"), **known, "kind": "direct", "speaker": "Ana Ruiz"},
        "mentions": {**span("Ana Ruiz"), **known, "kind": "person", "name": "Ana Ruiz"},
        "dates": {**span("Monday"), **known, "grain": "day"},
        "figures": {**span("42"), "value": 42.0, "kind": "count", "approximate": False},
        "evidence": {"field": "headline", "value": "Ferry", "method": "first_line", "confidence": 0.8},
        "matches": {
            "watchlist": "rescues",
            "watchlist_name": "Rescues",
            "watchlist_version": "0123456789ab",
            "hits": 1,
            "spans": [{"field": "body", "phrase": "ana ruiz", **place("Ana Ruiz")}],
        },
        "withdrawals": {"field": "alt_id", "value": "ferry-1"},
    }


def to_tables(
    bodies: Iterable[str] = (BODY,), *, article: Spoiled | None = None, pieces: Mapping[str, Spoiled] | None = None
) -> Tables:
    """Return the tables of *prepare* for `bodies`: an article each, with one row of every child table.

    `article` are columns of all articles to spoil; `pieces` columns of child rows to spoil, by table.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("documents", "articles", *to_pieces(""))}
    for number, body in enumerate(bodies):
        raw = f"{number} {body}".encode()
        ids = {"article_id": to_id(raw), "document_id": to_id(raw), "file_id": to_id(raw)}
        row = {**to_article(body, article or {}), **ids}
        rows["articles"].append(row)
        known = set(tables.DOCUMENTS.columns)
        rows["documents"].append({"raw": raw} | {name: value for name, value in row.items() if name in known})
        for table, piece in to_pieces(body).items():
            key = {"quote_id": to_id(raw + b"quote")} if table == "quotes" else {}
            rows[table].append({"article_id": ids["article_id"], **key, **piece, **(pieces or {}).get(table, {})})
    return {name: tables.BY_NAME[name].from_rows(listed) for name, listed in rows.items()}


@pytest.fixture(scope="session")
def body() -> str:
    """Return the body of a sound article."""
    return BODY


@pytest.fixture(scope="session")
def make_tables() -> Callable[..., Tables]:
    """Return `to_tables`."""
    return to_tables


@pytest.fixture(scope="session")
def checks() -> Checks:
    """Return the checks of a day on which the article was published."""
    return Checks(batch=3, validated_at=datetime(2031, 4, 12, 10))
