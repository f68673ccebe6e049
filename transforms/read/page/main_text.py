"""The story among a page's blocks: the element that holds it, and its paragraphs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from transforms.read.page.blocks import HEADINGS, Block, Node, Outline
from transforms.read.page.furniture import LEAD, Trait
from transforms.read.page.names import to_folded


class MainText(NamedTuple):
    """Paragraphs of the story in order, and how sure it is that they are all of it and nothing else."""

    paragraphs: tuple[str, ...]
    confidence: float
    start: int
    """Index of its first block."""
    end: int
    """Index behind its last block."""


NONE = MainText((), 0.0, 0, 0)
"""No story."""

_MIN_PROSE_CHARS = 40
_MAX_LINK_SHARE = 0.5
_STORY_GAIN = 1.1
_CLIMB_GAIN = 1.2
_UNFLAG_SHARE = 0.5
_STORY_SHARE = 0.25
_SIBLING_LEVELS = 1
_MAX_LIST_LINK_SHARE = 0.4
_MAX_HEADING_LINK_SHARE = 0.6
_MAX_KEPT_LINK_SHARE = 0.75
_MAX_LINK_CHARS = 300
_MAX_LABEL_CHARS = 30
_MAX_LEADS = 4
_MIN_LEAD_CHARS = 70
_MAX_LEAD_LINK_SHARE = 0.3
_PIECES = frozenset(("p", "li", "blockquote", "td"))
"""Elements that hold a piece of what the element around them tells."""


def find_main_text(outline: Outline, title: str | None) -> MainText:
    """Return the story of a page; no paragraphs where nothing on it tells anything."""
    return (
        _find(outline, title, _furniture(outline))
        or _find(outline, title, _furniture(outline, spare_all=True))
        or _find(outline, title, [False] * len(outline.nodes))
        or NONE
    )


def find_all_text(outline: Outline, title: str | None, *, with_furniture: bool = False) -> MainText:
    """Return whatever the page tells below its headline, wherever it stands; links to elsewhere apart."""
    out = [False] * len(outline.nodes) if with_furniture else _furniture(outline)
    held = [
        index
        for index, block in enumerate(outline.blocks)
        if not out[block.node] and (not with_furniture or _is_prose(block) or block.tag in HEADINGS)
    ]
    chosen = _below_title(outline, _kept(outline, held), title) if held else []
    if not chosen:
        return NONE
    return MainText(tuple(outline.blocks[index].text for index in chosen), 0.0, chosen[0], chosen[-1] + 1)


def _find(outline: Outline, title: str | None, out: Sequence[bool]) -> MainText | None:
    """Return the story among what is no furniture, or None."""
    is_story = Trait.STORY
    story = _inherited(outline, [node.trait is is_story for node in outline.nodes])
    weights = [0.0 if out[block.node] else _weight(block) for block in outline.blocks]
    total = sum([weight for weight in weights if weight > 0]) or 1.0
    in_story = [
        float(len(block.text) - 1.5 * block.link_chars) if story[block.node] and not out[block.node] else 0.0
        for block in outline.blocks
    ]
    by_story = sum(in_story) > total * _STORY_SHARE
    top = _find_container(outline, in_story if by_story else weights, _STORY_GAIN if by_story else _CLIMB_GAIN)
    if top is None:
        return None
    tops = _with_siblings(outline, top, in_story if by_story else weights)
    inside = _inherited(outline, [index in tops for index in range(len(outline.nodes))])
    if by_story:
        inside = [one and other for one, other in zip(inside, story, strict=True)]
    held = [index for index, block in enumerate(outline.blocks) if inside[block.node] and not out[block.node]]
    chosen = _below_title(outline, _kept(outline, held), title)
    if not chosen:
        return None
    lead = _find_lead(outline, chosen, out)
    paragraphs = tuple(outline.blocks[index].text for index in (*lead, *chosen))
    kept = sum(map(len, paragraphs))
    return MainText(paragraphs, min(1.0, kept / total), chosen[0], chosen[-1] + 1)


def _kept(outline: Outline, held: Sequence[int]) -> list[int]:
    """Return the indices of the blocks that tell something: no links to elsewhere, nothing told before."""
    lists = _link_lists(outline, held)
    told: set[str] = set()
    kept = []
    for index in held:
        block = outline.blocks[index]
        if block.node in lists or not _is_kept(block) or block.text in told:
            continue
        if len(block.text) >= _MIN_PROSE_CHARS:
            told.add(block.text)
        kept.append(index)
    return kept


def _link_lists(outline: Outline, held: Sequence[int]) -> set[int]:
    """Return the list items of lists that consist of links mostly."""
    texts: dict[int, int] = defaultdict(int)
    links: dict[int, int] = defaultdict(int)
    items: dict[int, int] = {}
    for index in held:
        block = outline.blocks[index]
        if block.tag == "li":
            parent = outline.nodes[block.node].parent
            items[block.node] = parent
            texts[parent] += len(block.text)
            links[parent] += block.link_chars
    return {item for item, parent in items.items() if links[parent] > texts[parent] * _MAX_LIST_LINK_SHARE}


def _below_title(outline: Outline, chosen: list[int], title: str | None) -> list[int]:
    """Return the indices from the first paragraph below the headline to the last that is no heading."""
    blocks = outline.blocks
    end = len(chosen)
    while end and blocks[chosen[end - 1]].tag in HEADINGS:
        end -= 1
    folded = None if title is None else to_folded(title)
    half = sum(len(blocks[index].text) for index in chosen) / 2
    start, told = 0, 0
    for place, index in enumerate(chosen[:end]):
        told += len(blocks[index].text)
        if told > half:
            break
        if blocks[index].tag == "h1" or (folded and to_folded(blocks[index].text) == folded):
            start = place + 1
    while start < end and _is_label(blocks[chosen[start]]):
        start += 1
    return [
        index for index in chosen[start:end] if blocks[index].tag != "h1" or folded != to_folded(blocks[index].text)
    ]


def _is_label(block: Block) -> bool:
    """Return whether a block above the first paragraph is a date, a section's name or a credit."""
    return len(block.text) < _MAX_LABEL_CHARS and block.text[-1] not in '.!?…:”"»’'


def _find_lead(outline: Outline, chosen: Sequence[int], out: Sequence[bool]) -> list[int]:
    """Return the indices of the paragraphs between the headline and the story that belong to it."""
    start = chosen[0]
    title = max((mark.at for mark in outline.titles if mark.at <= start), default=None)
    if title is None:
        return []
    told = {outline.blocks[index].text for index in chosen}
    lead = []
    for index in range(title, start):
        block = outline.blocks[index]
        if block.text not in told and _is_lead(outline, block, out):
            lead.append(index)
            told.add(block.text)
    return lead if len(lead) <= _MAX_LEADS else []


def _is_lead(outline: Outline, block: Block, out: Sequence[bool]) -> bool:
    if (
        block.tag == "h1"
        or len(block.text) < _MIN_LEAD_CHARS
        or block.link_chars > len(block.text) * _MAX_LEAD_LINK_SHARE
    ):
        return False
    if not out[block.node]:
        return True
    node = block.node
    named = False
    while node >= 0 and out[node]:
        trait, names = outline.nodes[node].trait, outline.nodes[node].names
        lead = LEAD.search(names) is not None
        if trait.is_out and not lead:
            return False
        named = named or lead
        node = outline.nodes[node].parent
    return named


def _furniture(outline: Outline, *, spare_all: bool = False) -> list[bool]:
    """Return for each element whether it is furniture, by its own name or that of one around it.

    Elements of one name that hold most of the page's prose are none, whatever they are called; cookie walls and
    comments are spared only with `spare_all`.
    """
    nodes = outline.nodes
    out = [index for index, node in enumerate(nodes) if node.trait.is_out]
    prose_chars = [len(block.text) if _is_prose(block) else 0 for block in outline.blocks]
    prose = _sums(outline, prose_chars)
    enough = sum(prose_chars) * _UNFLAG_SHARE
    marked = [False] * len(nodes)
    by_name: dict[str, float] = defaultdict(int)
    for index in out:
        if nodes[index].trait is Trait.FURNITURE:
            by_name[nodes[index].names] += prose[index]
    for index in out:
        trait = nodes[index].trait
        held = by_name[nodes[index].names] if trait is Trait.FURNITURE else prose[index]
        marked[index] = held < enough or (trait is Trait.ALWAYS_FURNITURE and not spare_all)
    return _inherited(outline, marked)


def _inherited(outline: Outline, marked: Sequence[bool]) -> list[bool]:
    """Return for each element whether it or one around it is marked."""
    result = [*marked]
    if True not in marked:
        return result
    for index, (_, parent, _, _) in enumerate(outline.nodes):
        if parent >= 0 and result[parent]:
            result[index] = True
    return result


def _is_prose(block: Block) -> bool:
    chars = len(block.text)
    return chars >= _MIN_PROSE_CHARS and block.link_chars < chars * _MAX_LINK_SHARE


def _weight(block: Block) -> float:
    """Return what a block says for the element around it being the story's."""
    if block.tag in HEADINGS:
        return 0.0
    if _is_prose(block):
        return float(len(block.text) - 2 * block.link_chars)
    return -0.5 * block.link_chars - 10


def _find_container(outline: Outline, weights: Sequence[float], gain: float) -> int | None:
    """Return the index of the element that holds the story, or None."""
    nodes = outline.nodes
    local = [0.0] * len(nodes)
    for (_, tag, node, _), weight in zip(outline.blocks, weights, strict=True):
        if weight > 0:
            parent = nodes[node].parent
            holder = parent if tag in _PIECES and parent >= 0 else node
            local[holder] += weight
            above = nodes[holder].parent
            if above >= 0:
                local[above] += weight * 0.3
    boosted = [(value * _prior(nodes[index]), index) for index, value in enumerate(local) if value > 0]
    if not boosted:
        return None
    return _climb(outline, max(boosted)[1], _sums(outline, weights), gain)


def _prior(node: Node) -> float:
    if node.trait is Trait.STORY:
        return 1.6
    return 1.25 if node.tag == "article" else 1.0


def _climb(outline: Outline, index: int, sums: Sequence[float], gain: float) -> int:
    """Return the element around `index` that holds markedly more of the story."""
    nodes = outline.nodes
    best, above = index, nodes[index].parent
    while above >= 0 and nodes[above].tag not in ("body", "html"):
        if sums[above] > sums[best] * gain:
            best = above
        above = nodes[above].parent
    return best


def _with_siblings(outline: Outline, top: int, weights: Sequence[float]) -> set[int]:
    """Return the story's element and those beside it that are called the same and tell something too.

    Page builders cut one story into rows; what stands between the rows is not the story.
    """
    nodes = outline.nodes
    tops = {top}
    child = top
    for _ in range(_SIBLING_LEVELS):
        like, above = nodes[child], nodes[child].parent
        if above < 0:
            break
        if like.names.strip():
            sums = _sums(outline, weights)
            tops.update(
                index
                for index in range(above + 1, len(nodes))
                if nodes[index].parent == above
                and nodes[index].tag == like.tag
                and nodes[index].names == like.names
                and sums[index] > _MIN_PROSE_CHARS
            )
        child = above
    return tops


def _sums(outline: Outline, weights: Sequence[float]) -> list[float]:
    """Return for each element the weight of all blocks in it."""
    nodes = outline.nodes
    sums = [0.0] * len(nodes)
    for (_, _, node, _), weight in zip(outline.blocks, weights, strict=True):
        sums[node] += weight
    for index in range(len(nodes) - 1, 0, -1):
        if sums[index]:
            sums[nodes[index].parent] += sums[index]
    return sums


def _is_kept(block: Block) -> bool:
    share = block.link_chars / len(block.text)
    if block.tag in HEADINGS:
        return share < _MAX_HEADING_LINK_SHARE
    return share < _MAX_KEPT_LINK_SHARE or len(block.text) > _MAX_LINK_CHARS
