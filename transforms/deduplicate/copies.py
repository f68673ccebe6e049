"""A copy as a judge found it: the article, its original and the evidence."""

from __future__ import annotations

from typing import Literal, NamedTuple

CopyKind = Literal["same_text", "near", "contained"]


class Copy(NamedTuple):
    """One copy; the names are those of the columns of `duplicates`."""

    article_id: str
    duplicate_of: str
    kind: CopyKind
    similarity: float
    containment: float
    method: str
