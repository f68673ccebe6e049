"""Copies by identical text: the same words and marks under another address, headline or foot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

from transforms.deduplicate.copies import Copy

METHOD = "text_hash"


class _Signed(NamedTuple):
    article_id: str
    published_at: datetime | None


def judge(signatures: pa.Table) -> Iterator[Copy]:
    """Yield a copy for each article of `signatures` whose text an earlier one has.

    The original of a group is the earliest published; where that is unknown or equal, the smallest article_id.
    """
    groups: dict[str, list[_Signed]] = {}
    columns = (signatures[name].to_pylist() for name in ("text_hash", "article_id", "published_at"))
    for text_hash, article_id, published_at in zip(*columns, strict=True):
        groups.setdefault(text_hash, []).append(_Signed(article_id, published_at))
    for group in groups.values():
        original, *copies = sorted(group, key=_precedence)
        for copy in copies:
            yield Copy(copy.article_id, original.article_id, "same_text", 1.0, 1.0, METHOD)


def _precedence(signed: _Signed) -> tuple[bool, datetime, str]:
    """Return what puts known publication times before unknown ones, then early ones, then small ids."""
    return signed.published_at is None, signed.published_at or datetime.min, signed.article_id
