"""Signatures hold what originals are chosen by."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from transforms.deduplicate import sign
from transforms.deduplicate.signatures import hash_text, to_instants
from warehouse import tables


def articles(*rows: dict[str, Any]) -> pa.Table:
    return tables.ARTICLES.from_rows(rows)


def test_a_signature_is_made_for_each_article_in_order() -> None:
    signatures = sign(
        articles(
            {"article_id": "b", "source": "coastwire", "body": "The ferry left."},
            {"article_id": "a", "source": "harbour-post", "body": "Nobody was hurt."},
        )
    )

    assert tables.SIGNATURES.checked(signatures)["article_id"].to_pylist() == ["b", "a"]
    assert signatures["source"].to_pylist() == ["coastwire", "harbour-post"]
    assert signatures["text_hash"].to_pylist() == [hash_text("The ferry left."), hash_text("Nobody was hurt.")]
    assert signatures["sketch"].null_count == signatures["shingles"].null_count == 0
    assert signatures["duplicate_of"].null_count == 2


def test_no_articles_have_no_signatures() -> None:
    assert sign(tables.ARTICLES.empty()).equals(tables.SIGNATURES.empty())


def test_a_text_hash_is_32_hex_digits() -> None:
    assert len(hash_text("The ferry left.")) == 32
    assert int(hash_text("The ferry left."), 16) >= 0


@pytest.mark.parametrize(
    ("published_at", "published_on", "instant"),
    [
        (datetime(2031, 4, 12, 9, 30), date(2031, 4, 12), datetime(2031, 4, 12, 9, 30)),
        (None, date(2031, 4, 12), datetime(2031, 4, 12)),
        (None, None, None),
    ],
    ids=["an instant counts before the day", "a day alone counts from midnight", "an unknown one stays unknown"],
)
def test_an_article_counts_as_published(
    published_at: datetime | None, published_on: date | None, instant: datetime | None
) -> None:
    rows = articles({"article_id": "a", "published_at": published_at, "published_on": published_on})

    assert to_instants(rows).to_pylist() == [instant]
