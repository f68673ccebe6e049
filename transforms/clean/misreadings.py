"""Misreadings: where a text shows the bytes of UTF-8 as characters of another encoding, and what they would mend to.

Proof is a run of characters that are strict UTF-8 in one code page, and that read less oddly as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from transforms.clean import code_pages
from transforms.clean.code_pages import CodePage
from transforms.plausibility import count_oddities


class Patch(NamedTuple):
    """A span of a text and the character that belongs there."""

    start: int
    end: int
    replacement: str


class _Run(NamedTuple):
    page: CodePage
    patches: tuple[Patch, ...]
    gain: int


_PROVEN = 2
"""Points of oddity that a run must lose to be repaired on its own."""
_SUPPORTED = 1
"""Points that do where the same text has a proven run of the same code page."""
_THROUGHOUT = 4
_THROUGHOUT_SHARE = 0.95
"""A code page that gains so much, and explains so many of the characters beyond ASCII, explains the text throughout."""
_CONTEXT_CHARS = 2

LOST = "\ufffd"
"""Stands for a character that nobody can bring back."""

_FOREIGN = re.compile("[^\x00-\x7f\u00a0]+")
_CONTROL = re.compile("[\x80-\x9f]")
"""In a mended run: half of a character that the next layer mends."""
_CONTROLS = re.compile("[\x80-\x84\x86-\x9f]|(?<=\\w)\x85(?=[ \u00a0,;:!?)\"'”’]|\\Z)")
"""Marks of windows-1252 that were read as Latin-1.

U+0085 is an ellipsis behind a word; elsewhere it may be the line end of a mainframe.
"""
_BLANK = r"[^\S\u00a0]"
_GRAVE = {
    "cp1252": re.compile(rf"Ã(?={_BLANK}+[a-zà-ÿ‘’'])"),
    "cp1251": re.compile(rf"Г(?={_BLANK}+[a-zà-ÿ])"),
}
"""An “à” whose second byte, a no-break space, became a common one on the way and is the space between two words."""
_WORD_END = re.compile(rf"(?<=[a-zà-ÿ])Ã(?={_BLANK}+[a-zà-ÿ])")


def find_patches(text: str) -> tuple[Patch, ...]:
    """Return what mends the outermost layer of misreading in `text`: apart, in order, one character each."""
    if text.isascii():
        return ()
    found: list[Patch] = []
    if "Ã" in text:
        found += [Patch(match.start(), match.end(), "à") for match in _WORD_END.finditer(text)]
    suspects = code_pages.suspects(text)
    if suspects:
        runs = [run for page in suspects for run in _find_runs(text, page)]
        pages = _rank(runs)
        found += [patch for run in _choose(runs, pages, text) for patch in run.patches]
        found += _find_remains(text, pages)
    return _without_overlaps(found or list(_find_controls(text)))


def _find_runs(text: str, page: CodePage) -> Iterator[_Run]:
    """Yield the runs of characters that could be UTF-8, misread through `page`, and what mending each would gain."""
    patches: list[Patch] = []
    for match in page.misread.finditer(text):
        character = page.reread(match.group())
        if patches and (character is None or match.start() != patches[-1].end):
            yield from _weigh(text, page, patches)
            patches = []
        if character is not None:
            patches.append(Patch(match.start(), match.end(), character))
    if patches:
        yield from _weigh(text, page, patches)


def _weigh(text: str, page: CodePage, patches: list[Patch]) -> Iterator[_Run]:
    """Yield the run that `patches` make."""
    start, end = patches[0].start, patches[-1].end
    before, after = text[max(start - _CONTEXT_CHARS, 0) : start], text[end : end + _CONTEXT_CHARS]
    mended = "".join(patch.replacement for patch in patches)
    if page.name == "cp1252":
        mended = _CONTROL.sub(".", mended)
    gain = count_damage(before + text[start:end] + after) - count_damage(before + mended + after)
    yield _Run(page, tuple(patches), gain)


def count_damage(text: str) -> int:
    """Return the oddities of `text`; a lost character is none, since no mending brings it back."""
    return count_oddities(text.replace(LOST, "."))


def _rank(runs: list[_Run]) -> dict[str, int]:
    """Return the gain of each code page that has a proven run; the page that explains most comes first."""
    gains: dict[str, int] = {}
    for name in {run.page.name for run in runs if run.gain >= _PROVEN}:
        gains[name] = sum(run.gain for run in runs if run.page.name == name and run.gain > 0)
    return dict(sorted(gains.items(), key=lambda item: (-item[1], code_pages.NAMES.index(item[0]))))


def _choose(runs: list[_Run], pages: Mapping[str, int], text: str) -> list[_Run]:
    """Return the runs of proven pages to mend, best page first, then best run.

    Where one page explains a text throughout, its odd-looking runs and its harmless ones are the same damage.
    """
    chosen: list[_Run] = []
    for name, gain in pages.items():
        own = [run for run in runs if run.page.name == name]
        throughout = gain >= _THROUGHOUT and _count_foreign(own) >= _count_foreign_of(text) * _THROUGHOUT_SHARE
        chosen += sorted((run for run in own if throughout or run.gain >= _SUPPORTED), key=lambda run: -run.gain)
    return chosen


def _count_foreign(runs: list[_Run]) -> int:
    return sum(patch.end - patch.start for run in runs for patch in run.patches)


def _count_foreign_of(text: str) -> int:
    """Return how many characters beyond ASCII there are, no-break spaces aside: some come in when pages are set."""
    return sum(map(len, _FOREIGN.findall(text)))


def _find_remains(text: str, pages: Mapping[str, int]) -> Iterator[Patch]:
    """Yield what other steps left of misread characters: parts are lost, no-break spaces became common ones."""
    for page in map(code_pages.load, pages):
        for match in page.remains.finditer(text):
            character = page.reread(match.group().replace(" ", "\u00a0"))
            if character is not None and count_damage(character) == 0:
                yield Patch(match.start(), match.end(), character)
        if page.name in _GRAVE:
            yield from (Patch(match.start(), match.end(), "à") for match in _GRAVE[page.name].finditer(text))


def _find_controls(text: str) -> Iterator[Patch]:
    """Yield the control characters that are marks or letters of one code page: the one that reads less oddly.

    Source: HTML standard, numeric character reference end state, which reads them as windows-1252.
    """
    found = list(_CONTROLS.finditer(text)) if _CONTROL.search(text) is not None else []
    readings = [_read_controls(found, name) for name in ("cp1252", "mac_roman")]
    odd = [sum(_weigh_control(match, mark) for match, mark in zip(found, marks, strict=True)) for marks in readings]
    for match, mark in zip(found, readings[odd[1] < odd[0]], strict=True):
        if mark:
            yield Patch(match.start(), match.end(), mark)


def _read_controls(found: list[re.Match[str]], page: str) -> list[str]:
    return [match.group().encode("latin-1").decode(page, "ignore") for match in found]


def _weigh_control(match: re.Match[str], mark: str) -> int:
    text, start, end = match.string, match.start(), match.end()
    return count_oddities(text[max(start - _CONTEXT_CHARS, 0) : start] + mark + text[end : end + _CONTEXT_CHARS])


def _without_overlaps(patches: list[Patch]) -> tuple[Patch, ...]:
    """Return the patches in order of their places, less those that meet an earlier one of the list."""
    covered: set[int] = set()
    kept = []
    for patch in patches:
        span = range(patch.start, patch.end)
        if covered.isdisjoint(span):
            kept.append(patch)
            covered.update(span)
    return tuple(sorted(kept))
