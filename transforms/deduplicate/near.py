"""Near copies: articles most of whose shingles are the same, and the groups that copies form."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from transforms.deduplicate.evidence import Evidence
from transforms.deduplicate.overlaps import Counts, Overlaps, Pairs

MIN_SIMILARITY = 0.58
"""Share of all shingles of two texts that both have. Pages of one site with all their furniture reach 0.57."""
MAX_CUT_SHARE = 0.75
MIN_CUT_CONTAINMENT = 0.9
"""A text that stands in one a third longer, all but a tenth, is a cut of it: contained, not near. So an article that
makes up most of a digest is not taken for the digest's like."""
MIN_SHINGLES = 8
"""A text of fewer (12 words) is a caption or a notice; what such have in common says nothing."""
_PAIRS_AT_ONCE = 20_000
"""Pairs that are counted before it is seen which of the rest are in one group already: of texts written to a template,
such as weather reports, all pairs may be near, and a few of them make the group."""


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
    for one, other in _near_pairs(evidence, groups):
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


def _near_pairs(evidence: Evidence, groups: Groups) -> Iterator[tuple[int, int]]:
    """Yield pairs of texts that are near, of which one is fresh, until the rest are known to be in one group."""
    overlaps, fresh = evidence.overlaps, np.zeros(len(evidence.texts), np.bool_)
    fresh[[evidence.text_of(article_id) for article_id in evidence.fresh]] = True
    pairs = overlaps.pairs
    small, large = (overlaps.sizes[texts] for texts in pairs)
    pairs = pairs.where((fresh[pairs.ones] | fresh[pairs.others]) & (small >= MIN_SIMILARITY * large))
    while len(pairs.ones):
        part = Pairs(pairs.ones[:_PAIRS_AT_ONCE], pairs.others[:_PAIRS_AT_ONCE])
        near = part.where(are_near(overlaps, part, overlaps.common(part)))
        yield from zip(near.ones.tolist(), near.others.tolist(), strict=True)
        pairs = Pairs(pairs.ones[_PAIRS_AT_ONCE:], pairs.others[_PAIRS_AT_ONCE:])
        if len(pairs.ones):
            pairs = pairs.where(_are_apart(groups, pairs, len(evidence.texts)))


def _are_apart(groups: Groups, pairs: Pairs, texts: int) -> npt.NDArray[np.bool_]:
    """Return which of `pairs` are not in one group."""
    numbers: dict[Hashable, int] = {}
    labels = np.array([numbers.setdefault(groups.find(text), len(numbers)) for text in range(texts)])
    apart: npt.NDArray[np.bool_] = labels[pairs.ones] != labels[pairs.others]
    return apart
