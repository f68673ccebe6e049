"""Signatures: what *deduplicate* compares of an article, small enough to keep for every article that ever landed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from transforms.deduplicate.folding import fold
from transforms.deduplicate.sketch import Sketch, sketch
from transforms.identity import to_id
from transforms.read.notices import NOTICE
from transforms.read.placement import UNKNOWN_SOURCE
from warehouse import tables
from warehouse.tables import values

_UNIQUE = ("urn:", "tag:", "http://", "https://")
"""How ids begin that no two sources give: so those of ninjs and NewsML-G2 have to (IPTC, `uri` and `guid`)."""
TEXTS_AT_ONCE = 64
"""Texts whose shingles are taken together: Python's share of the cost is small, and the numbers fit the cache."""


def sign(articles: pa.Table) -> pa.Table:
    """Return the signatures of `articles`.

    Shape:  schema of `signatures`, one row per article in the same order. `duplicate_of`, `duplicate_kind`,
            `version_of` and `version` are NULL: only the warehouse knows them.
    Order:  `published_at` is what originals are chosen by: the instant, or midnight UTC of the day where only
            `published_on` is known, or NULL. `versioned_at` is what versions are put in order by: when the source
            says that it made this one, else when it was published or created.
    """
    is_notice = [NOTICE in (flags or ()) for flags in values(articles, "quality_flags")]
    texts = list(map(_text_of, values(articles, "article_id"), values(articles, "body"), is_notice))
    sketches: list[Sketch] = []
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        sketches.extend(sketch(texts[start : start + TEXTS_AT_ONCE]))
    sources = values(articles, "source")
    published_at = to_instants(articles)
    columns: dict[str, Any] = {
        "article_id": articles["article_id"],
        "text_hash": [to_id(text.encode()) for text in texts],
        "published_at": published_at,
        "source": articles["source"],
        "url_key": list(map(_to_key, sources, values(articles, "canonical_url"))),
        "alt_key": list(map(_to_alt_key, sources, values(articles, "alt_id"))),
        "versioned_at": pc.coalesce(articles["version_created"], published_at, articles["first_created"]),
        "is_dated": pc.and_not(pc.is_valid(articles["version_created"]), pa.array(is_notice, pa.bool_())),
        **dict(zip(Sketch._fields, zip(*sketches, strict=True) if sketches else [()] * 3, strict=True)),
    }
    none = [None] * len(texts)
    arrays = {field.name: columns.get(field.name, none) for field in tables.SIGNATURES.fields}
    return pa.table(arrays, schema=tables.SIGNATURES.schema)


def _text_of(article_id: str, body: str, is_notice: bool) -> str:
    """Return the text by which copies are found; word of a withdrawal has its own, as such texts are all alike."""
    return article_id if is_notice else fold(body)


def _to_alt_key(source: str, alt_id: str | None) -> str | None:
    """Return what stands for an item by its source's id; where nobody knows the source only ids that are unique do."""
    if alt_id is not None and source == UNKNOWN_SOURCE and not alt_id.lower().startswith(_UNIQUE):
        return None
    return _to_key(source, alt_id)


def _to_key(source: str, name: str | None) -> str | None:
    """Return what stands for an item of a source by one of its names; None where it has none."""
    return None if name is None else to_id(f"{source}\n{name}".encode())


def hash_text(body: str) -> str:
    """Return the same 32 hex digits for bodies with the same words and marks, however these are encoded."""
    return to_id(fold(body).encode())


def to_instants(articles: pa.Table) -> pa.ChunkedArray[Any]:
    """Return when each article counts as published, naive UTC: the instant, else midnight of the day, else NULL."""
    instants: pa.ChunkedArray[Any] = pc.coalesce(
        articles["published_at"], articles["published_on"].cast(pa.timestamp("us"))
    )
    return instants
