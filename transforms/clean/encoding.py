"""Text whose encoding went wrong before it came: mended where that is proven, letter by letter, with a receipt.

What readers decode themselves is theirs (`transforms.read.decoding`); here UTF-8 is undone that others misread.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from transforms.clean.mojibake import Mended
from transforms.rows import Removal

STEP = "encoding"
MENDED = "mojibake_repaired"
"""Reason of the removals, and quality flag of articles that have one."""


def to_receipts(damaged: str, mended: Mended, removals: Iterable[Removal]) -> tuple[Removal, ...]:
    """Return the removals from the mended text, with their spans in the damaged one, and what was mended elsewhere.

    A removal's `text` is then what the reading printed, and `repaired` what cleaning saw of it.
    """
    taken = sorted(removals, key=lambda removal: removal.start)
    if mended.places is None:
        return tuple(taken)
    placed = [_place(damaged, mended, removal) for removal in taken]
    starts = [removal.start for removal in placed]
    repairs = [
        repair
        for repair in _find_repairs(damaged, mended, {at for removal in placed for at in (removal.start, removal.end)})
        if not _lies_within(repair, placed, starts)
    ]
    return tuple(sorted((*placed, *repairs), key=lambda removal: removal.start))


def is_mended(removal: Removal) -> bool:
    """Return whether mojibake was undone in the text of `removal`."""
    return removal.reason == MENDED or removal.repaired is not None


def _place(damaged: str, mended: Mended, removal: Removal) -> Removal:
    start, end = mended.to_damaged(removal.start), mended.to_damaged(removal.end)
    text = damaged[start:end]
    return replace(removal, text=text, start=start, end=end, repaired=None if text == removal.text else removal.text)


def _find_repairs(damaged: str, mended: Mended, borders: set[int]) -> Iterator[Removal]:
    """Yield a row for each run of mended characters; runs end at `borders`, where removals start and end."""
    places = mended.places or ()
    start = end = 0
    written: list[str] = []
    for index, character in enumerate(mended.text):
        first, behind = places[index], places[index + 1]
        if behind - first == 1 and damaged[first] == character:
            continue
        if written and (first != end or first in borders):
            yield Removal(STEP, MENDED, damaged[start:end], start, end, "".join(written))
            written = []
        start = start if written else first
        written.append(character)
        end = behind
    if written:
        yield Removal(STEP, MENDED, damaged[start:end], start, end, "".join(written))


def _lies_within(repair: Removal, placed: list[Removal], starts: list[int]) -> bool:
    index = bisect_right(starts, repair.start) - 1
    return index >= 0 and repair.start < placed[index].end
