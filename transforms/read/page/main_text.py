"""The story among a page's blocks: the element that holds it, and its paragraphs."""

from __future__ import annotations

from typing import NamedTuple

from transforms.read.page.blocks import HEADINGS, Block, Outline
from transforms.read.page.furniture import Trait


class MainText(NamedTuple):
    """Paragraphs of the story in order, and how sure it is that they are all of it and nothing else."""

    paragraphs: tuple[str, ...]
    confidence: float


_MIN_PROSE_CHARS = 40
_MAX_LINK_SHARE = 0.5
_CLIMB_GAIN = 1.12
_UNFLAG_SHARE = 0.5


def find_main_text(outline: Outline) -> MainText:
    """Return the story of a page; no paragraphs where nothing on it tells anything."""
    out = _furniture(outline)
    weights = [0.0 if out[block.node] else _weight(block) for block in outline.blocks]
    top = _find_container(outline, weights)
    if top is None:
        return MainText((), 0.0)
    inside = _descendants(outline, top)
    chosen = [
        block for block in outline.blocks if inside[block.node] and not out[block.node] and _is_kept(block)
    ]
    paragraphs = _trimmed(chosen)
    total = sum(weights) or 1.0
    kept = sum(len(paragraph) for paragraph in paragraphs)
    return MainText(tuple(paragraphs), min(1.0, kept / total))


def _furniture(outline: Outline) -> list[bool]:
    """Return for each element whether it is furniture, by its own name or that of one around it.

    An element that holds most of the page's prose is none, whatever it is called.
    """
    prose = [0] * len(outline.nodes)
    total = 0
    for block in outline.blocks:
        if _is_prose(block):
            total += len(block.text)
            prose[block.node] += len(block.text)
    for index in range(len(outline.nodes) - 1, 0, -1):
        prose[outline.nodes[index].parent] += prose[index]
    out: list[bool] = []
    for index, node in enumerate(outline.nodes):
        own = node.trait.is_out and prose[index] < total * _UNFLAG_SHARE
        out.append(own or (node.parent >= 0 and out[node.parent]))
    return out


def _is_prose(block: Block) -> bool:
    return len(block.text) >= _MIN_PROSE_CHARS and block.link_chars < len(block.text) * _MAX_LINK_SHARE


def _weight(block: Block) -> float:
    """Return what a block says for the element around it being the story's."""
    if block.tag in HEADINGS:
        return 0.0
    if _is_prose(block):
        return float(len(block.text) - 2 * block.link_chars)
    return -0.5 * block.link_chars - 10


def _find_container(outline: Outline, weights: list[float]) -> int | None:
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


def _climb(outline: Outline, index: int, sums: list[float]) -> int:
    """Return the element around `index` that holds markedly more of the story."""
    best = index
    above = outline.nodes[index].parent
    while above >= 0 and outline.nodes[above].tag not in ("body", "html"):
        gain = 1.8 if outline.nodes[best].trait is Trait.STORY else _CLIMB_GAIN
        if sums[above] > sums[best] * gain:
            best = above
        above = outline.nodes[above].parent
    return best


def _descendants(outline: Outline, top: int) -> list[bool]:
    inside: list[bool] = []
    for index, node in enumerate(outline.nodes):
        inside.append(index == top or (node.parent >= 0 and inside[node.parent]))
    return inside


def _is_kept(block: Block) -> bool:
    if block.tag == "h1":
        return False
    if block.link_chars > len(block.text) * 0.6 and len(block.text) < 200:
        return False
    return True


def _trimmed(blocks: list[Block]) -> list[str]:
    """Return the texts without headings that head nothing."""
    while blocks and blocks[-1].tag in HEADINGS:
        blocks = blocks[:-1]
    return [block.text for block in blocks]
