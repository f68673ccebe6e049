"""A copy: the article, its original and the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from transforms.deduplicate.evidence import Evidence
from transforms.deduplicate.overlaps import Pairs

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


class Edge(NamedTuple):
    """A copy of which it is not yet known how much it has in common with its original."""

    article_id: str
    original: str
    kind: CopyKind


def to_copies(evidence: Evidence, edges: Sequence[Edge]) -> Iterator[Copy]:
    """Yield `edges` with what the two texts of each have in common.

    An article that belongs to a group by way of others may have less in common with the original than neighbours have.
    """
    if not edges:
        return
    texts = np.array([(evidence.text_of(edge.article_id), evidence.text_of(edge.original)) for edge in edges])
    sizes, unlike = evidence.overlaps.sizes, texts[:, 0] != texts[:, 1]
    common = sizes[texts[:, 0]]
    common[unlike] = evidence.overlaps.common(Pairs(texts[unlike, 0], texts[unlike, 1]))
    own, theirs = sizes[texts[:, 0]], sizes[texts[:, 1]]
    similarity, containment = common / np.maximum(own + theirs - common, 1), common / np.maximum(own, 1)
    shares = zip(similarity.tolist(), containment.tolist(), unlike.tolist(), strict=True)
    for edge, (jaccard, share, is_other) in zip(edges, shares, strict=True):
        yield Copy(*edge, jaccard, share, "shingles") if is_other else Copy(*edge, 1.0, 1.0, "text_hash")
