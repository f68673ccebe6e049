"""Near copies: articles most of whose shingles are the same, and the groups that copies form."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.counting import Counts, label
from transforms.deduplicate.evidence import Evidence
from transforms.deduplicate.overlaps import Overlaps, Pairs

MIN_SIMILARITY = 0.58
"""Share of all shingles of two texts that both have. Pages of one site with all their furniture reach 0.57."""
MAX_CUT_SHARE = 0.75
MIN_CUT_CONTAINMENT = 0.9
"""A text that stands in one a third longer, all but a tenth, is a cut of it: contained, not near. So an article that
makes up most of a digest is not taken for the digest's like."""
MIN_SHINGLES = 8
"""A text of fewer (12 words) is a caption or a notice; what such have in common says nothing."""


class Groups:
    """Sets of articles that grow together."""

    def __init__(self) -> None:
        self._parents: dict[Hashable, Hashable] = {}

    def find(self, member: Hashable) -> Hashable:
        """Return what stands for the group of `member`."""
        parents = self._parents
        parent = parents.get(member, member)
        if parent == member or parents.get(parent, parent) == parent:
            return parent
        path = []
        while (parent := parents.get(member, member)) != member:
            path.append(member)
            member = parent
        parents.update(dict.fromkeys(path, member))
        return member

    def unite(self, one: Hashable, other: Hashable) -> None:
        """Make one group of two."""
        self._parents[self.find(one)] = self.find(other)


def find_originals(evidence: Evidence) -> Mapping[str, str]:
    """Return the original of each article's group: itself, or the one it is the same as or near to.

    The original is the earliest published; where that is unknown or equal, the smallest article_id.
    Same-text and near edges unite; groups of articles that are not fresh are those that stand.
    """
    groups = Groups()
    for signed in evidence.articles.values():
        groups.unite(signed.article_id, evidence.texts[signed.text_hash])
        if signed.article_id not in evidence.fresh and signed.duplicate_kind in ("same_text", "near"):
            groups.unite(signed.article_id, signed.duplicate_of)
    for one, other in _near_pairs(evidence):
        groups.unite(one, other)
    originals: dict[Hashable, str] = {}
    for signed in sorted(evidence.articles.values(), key=lambda each: each.precedence):
        originals.setdefault(groups.find(signed.article_id), signed.article_id)
    return {article_id: originals[groups.find(article_id)] for article_id in evidence.articles}


def are_near(overlaps: Overlaps, pairs: Pairs, common: Counts) -> npt.NDArray[np.bool_]:
    """Return which of `pairs` (the smaller text first), with `common` shingles each, are near to each other."""
    small, large = (overlaps.sizes[texts] for texts in pairs)
    alike = common >= MIN_SIMILARITY * (small + large - common)
    is_cut = (small <= MAX_CUT_SHARE * large) & (common >= MIN_CUT_CONTAINMENT * small)
    near: npt.NDArray[np.bool_] = alike & ~is_cut & (small >= MIN_SHINGLES)
    return near


def _near_pairs(evidence: Evidence) -> Iterator[tuple[int, int]]:
    """Yield pairs of texts that are in one group, by being near to each other, one of them fresh, or by others."""
    overlaps = evidence.overlaps
    pairs = overlaps.pairs_of({evidence.text_of(article_id) for article_id in evidence.fresh})
    small, large = (overlaps.sizes[texts] for texts in pairs)
    pairs = pairs.where(small >= MIN_SIMILARITY * large)
    pairs = pairs.where(overlaps.gists_agree(pairs))
    near = pairs.where(are_near(overlaps, pairs, overlaps.common(pairs)))
    labels = label(*near, len(evidence.texts))
    joined = np.flatnonzero(labels != np.arange(len(labels)))
    return zip(joined.tolist(), labels[joined].tolist(), strict=True)
