"""Sub-heads: short lines without a full stop between two paragraphs that tell something. They stay in the body."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.clean.paragraphs import is_prose, is_subhead_like


def find_subheads(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """Return the sub-heads among the paragraphs, in order; lines of a poem or list have no prose around them."""
    neighbours = zip(paragraphs, paragraphs[1:], paragraphs[2:], strict=False)
    return tuple(
        line
        for above, line, below in neighbours
        if is_subhead_like(line) and is_prose(below) and (is_prose(above) or above[-1] in ':.?!”"')
    )
