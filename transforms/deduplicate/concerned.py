"""Which stories new articles have to do with: those that they are nearly enough like to join.

Most that share a few rare words with an article tell of something else; to tell them apart anew changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms.deduplicate.ranges import spread
from transforms.deduplicate.terms import TERM
from warehouse.tables import values

MIN_LIKENESS = 0.1
"""Of an article to one article of a story, or to the sum of all over their number to the power 0.7: an article joins a
story from 0.12 of the second."""
_SIZE_POWER = 0.7


class _Likenesses(NamedTuple):
    """Pairs of articles that share a term, by their indexes, with the sum of the products of its weights."""

    ones: npt.NDArray[np.int64]
    others: npt.NDArray[np.int64]
    likeness: npt.NDArray[np.float64]


def concerned(articles: pa.Table, candidates: pa.Table) -> pa.Table:
    """Return the rows of `candidates` that are in `articles` too, or in a story that one of these is like.

    Both have the schema of `story_terms`. An article that is in no story is taken for a story of its own.
    """
    ids, stories = values(candidates, "article_id"), values(candidates, "story_id")
    numbers: dict[str, int] = {}
    story = np.array([numbers.setdefault(name or ids[at], len(numbers)) for at, name in enumerate(stories)], np.int64)
    packed = values(candidates, "terms")
    sizes = np.bincount(story, [terms is not None for terms in packed], len(numbers))
    known, near = set(values(articles, "article_id")), np.zeros(len(numbers), np.bool_)
    own, across, likeness = _likenesses(values(articles, "terms"), packed)
    if len(own):
        near[story[across[likeness >= MIN_LIKENESS]]] = True
        sums = np.bincount(own * len(numbers) + story[across], likeness)
        together = np.flatnonzero(sums)
        of_story = together % len(numbers)
        near[of_story[sums[together] >= MIN_LIKENESS * np.maximum(sizes[of_story], 1) ** _SIZE_POWER]] = True
    kept = near[story] | np.array([article_id in known for article_id in ids], np.bool_)
    return candidates.filter(pa.array(kept, pa.bool_()))


def _likenesses(ones: Sequence[bytes], others: Sequence[bytes | None]) -> _Likenesses:
    own, own_terms = _unpack(ones)
    their, their_terms = _unpack([each or b"" for each in others])
    order = np.argsort(their_terms["term"], kind="stable")
    ordered = their_terms["term"][order]
    starts, ends = (np.searchsorted(ordered, own_terms["term"], side) for side in ("left", "right"))
    lengths = ends - starts
    places = order[spread(starts, lengths)]
    products = np.repeat(own_terms["weight"].astype(np.float64), lengths) * their_terms["weight"][places]
    pairs = np.repeat(own, lengths) * max(len(others), 1) + their[places]
    listed, inverse = np.unique(pairs, return_inverse=True)
    number = max(len(others), 1)
    return _Likenesses(
        listed // number, listed % number, np.bincount(inverse, products, len(listed)).astype(np.float64)
    )


def _unpack(packed: Sequence[bytes]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.void]]:
    """Return all terms, and the article of each."""
    counts = [len(terms) // TERM.itemsize for terms in packed]
    return np.repeat(np.arange(len(packed)), counts), np.frombuffer(b"".join(packed), TERM)
