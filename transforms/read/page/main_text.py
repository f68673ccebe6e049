"""The story among a page's blocks: the element that holds it, and its paragraphs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from transforms.read.page.blocks import HEADINGS, Block, Outline
from transforms.read.page.furniture import Trait


class MainText(NamedTuple):
    """Paragraphs of the story in order, and how sure it is that they are all of it and nothing else."""

    paragraphs: tuple[str, ...]
    confidence: float
    start: int
    """Index of its first block."""
    end: int
    """Index behind its last block."""


_MIN_PROSE_CHARS = 40
_MAX_LINK_SHARE = 0.5
_CLIMB_GAIN = 1.2
_UNFLAG_SHARE = 0.5
_STORY_SHARE = 0.4


def find_main_text(outline: Outline) -> MainText:
    """Return the story of a page; no paragraphs where nothing on it tells anything."""
    out = _furniture(outline)
    story = _inherited(outline, [node.trait is Trait.STORY for node in outline.nodes])
    weights = [0.0 if out[block.node] else _weight(block) for block in outline.blocks]
    total = sum(weight for weight in weights if weight > 0) or 1.0
    in_story = [weight if story[block.node] else 0.0 for block, weight in zip(outline.blocks, weights, strict=True)]
    by_story = sum(in_story) > total * _STORY_SHARE
    top = _find_container(outline, in_story if by_story else weights)
    if top is None:
        return MainText((), 0.0, 0, 0)
    inside = _inherited(outline, [index == top for index in range(len(outline.nodes))])
    if by_story:
        inside = [one and other for one, other in zip(inside, story, strict=True)]
    chosen = [
        index
        for index, block in enumerate(outline.blocks)
        if inside[block.node] and not out[block.node] and _is_kept(block)
    ]
    chosen = _trimmed(chosen, outline)
    if not chosen:
        return MainText((), 0.0, 0, 0)
    paragraphs = tuple(outline.blocks[index].text for index in chosen)
    kept = sum(map(len, paragraphs))
    return MainText(paragraphs, min(1.0, kept / total), chosen[0], chosen[-1] + 1)


def _furniture(outline: Outline) -> list[bool]:
    """Return for each element whether it is furniture, by its own name or that of one around it.

    Elements of one name that hold most of the page's prose are none, whatever they are called.
    """
    prose = [0] * len(outline.nodes)
    total = 0
    for block in outline.blocks:
        if _is_prose(block):
            total += len(block.text)
            prose[block.node] += len(block.text)
    for index in range(len(outline.nodes) - 1, 0, -1):
        prose[outline.nodes[index].parent] += prose[index]
    by_name: dict[str, int] = defaultdict(int)
    for index, node in enumerate(outline.nodes):
        if node.trait is Trait.FURNITURE:
            by_name[node.names] += prose[index]
    marked = [
        (node.trait is Trait.HIDDEN and prose[index] < total * _UNFLAG_SHARE)
        or (node.trait is Trait.FURNITURE and by_name[node.names] < total * _UNFLAG_SHARE)
        for index, node in enumerate(outline.nodes)
    ]
    return _inherited(outline, marked)


def _inherited(outline: Outline, marked: Sequence[bool]) -> list[bool]:
    """Return for each element whether it or one around it is marked."""
    result: list[bool] = []
    for node, own in zip(outline.nodes, marked, strict=True):
        result.append(own or (node.parent >= 0 and result[node.parent]))
    return result


def _is_prose(block: Block) -> bool:
    return len(block.text) >= _MIN_PROSE_CHARS and block.link_chars < len(block.text) * _MAX_LINK_SHARE


def _weight(block: Block) -> float:
    """Return what a block says for the element around it being the story's."""
    if block.tag in HEADINGS:
        return 0.0
    if _is_prose(block):
        return float(len(block.text) - 2 * block.link_chars)
    return -0.5 * block.link_chars - 10


def _find_container(outline: Outline, weights: Sequence[float]) -> int | None:
    """Return the index of the element that holds the story, or None."""
    nodes = outline.nodes
    sums = [0.0] * len(nodes)
    local = [0.0] * len(nodes)
    for block, weight in zip(outline.blocks, weights, strict=True):
        sums[block.node] += weight
        if weight > 0:
            parent = nodes[block.node].parent
            holder = parent if block.tag in ("p", "li", "blockquote", "td") and parent >= 0 else block.node
            local[holder] += weight
            above = nodes[holder].parent
            if above >= 0:
                local[above] += weight * 0.3
    for index in range(len(nodes) - 1, 0, -1):
        sums[nodes[index].parent] += sums[index]
    boosted = [value * _prior(outline, index) for index, value in enumerate(local)]
    best = max(range(len(nodes)), key=lambda index: (boosted[index], index), default=None)
    if best is None or boosted[best] <= 0:
        return None
    return _climb(outline, best, sums)


def _prior(outline: Outline, index: int) -> float:
    node = outline.nodes[index]
    if node.trait is Trait.STORY:
        return 1.6
    return 1.25 if node.tag == "article" else 1.0


def _climb(outline: Outline, index: int, sums: Sequence[float]) -> int:
    """Return the element around `index` that holds markedly more of the story."""
    best = index
    above = outline.nodes[index].parent
    while above >= 0 and outline.nodes[above].tag not in ("body", "html"):
        if sums[above] > sums[best] * _CLIMB_GAIN:
            best = above
        above = outline.nodes[above].parent
    return best


def _is_kept(block: Block) -> bool:
    if block.link_chars > len(block.text) * 0.6 and len(block.text) < 200:
        return block.tag in HEADINGS
    return True


def _trimmed(chosen: list[int], outline: Outline) -> list[int]:
    """Return the indices without those of headings that head nothing."""
    start, end = 0, len(chosen)
    while end > start and outline.blocks[chosen[end - 1]].tag in HEADINGS:
        end -= 1
    while start < end and outline.blocks[chosen[start]].tag == "h1":
        start += 1
    return chosen[start:end]
