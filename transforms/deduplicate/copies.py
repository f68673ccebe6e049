"""A copy: the article, its original and the evidence."""

from __future__ import annotations

from typing import Literal, NamedTuple

from transforms.deduplicate.evidence import Evidence

CopyKind = Literal["same_text", "near", "contained"]


class Copy(NamedTuple):
    """One copy; the names are those of the columns of `duplicates`."""

    article_id: str
    duplicate_of: str
    kind: CopyKind
    similarity: float
    containment: float
    method: str


class Target(NamedTuple):
    """What an article is a copy of, and how; both None for one that is no copy."""

    article_id: str | None
    kind: CopyKind | None


def to_copy(evidence: Evidence, article_id: str, original: str, kind: CopyKind) -> Copy:
    """Return `article_id` as a copy of `original`, with what the two texts have in common.

    An article that belongs to a group by way of others may have less in common with the original than neighbours have.
    """
    text, other = evidence.text_of(article_id), evidence.text_of(original)
    if text == other:
        return Copy(article_id, original, kind, 1.0, 1.0, "text_hash")
    own, theirs = (int(evidence.overlaps.sizes[one]) for one in (text, other))
    common = evidence.overlaps.common_of(text, other)
    return Copy(article_id, original, kind, common / max(own + theirs - common, 1), common / max(own, 1), "shingles")
