"""Misreadings: where a text shows the bytes of UTF-8 as characters of another encoding, and what they would mend to.

Proof is a run of characters that are strict UTF-8 in one code page, and that read less oddly as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from transforms.clean import code_pages
from transforms.clean.code_pages import CodePage, find_foreign
from transforms.plausibility import count_oddities


class Patch(NamedTuple):
    """A span of a text and the character that belongs there."""

    start: int
    end: int
    replacement: str


class _Run(NamedTuple):
    patches: list[Patch]
    gain: int


class _Explained(NamedTuple):
    page: CodePage
    runs: list[_Run]
    gain: int
    throughout: bool


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
    foreign = find_foreign(text)
    explained = _explain(text, foreign)
    found += [patch for each in explained for run in _choose(each) for patch in run.patches]
    found += _find_remains(text, [each.page for each in explained])
    return _without_overlaps(found or list(_find_controls(text, foreign)))


def count_damage(text: str) -> int:
    """Return the oddities of `text`; a lost character is none, since no mending brings it back."""
    return count_oddities(text.replace(LOST, "."))


def _explain(text: str, foreign: str) -> list[_Explained]:
    """Return the code pages through which some of `text` was misread for sure; the one that gains most comes first."""
    explained = [_explain_by(text, page) for page in code_pages.suspects(text, foreign)]
    return sorted((each for each in explained if each is not None), key=lambda each: -each.gain)


def _explain_by(text: str, page: CodePage) -> _Explained | None:
    """Return what mending the runs of one code page would gain, or None where none of them is proven."""
    found = [(patches, _around(text, patches)) for patches in _find_runs(text, page)]
    before = [count_damage(head + text[run[0].start : run[-1].end] + tail) for run, (head, tail) in found]
    if max(before, default=0) < _PROVEN:
        return None
    runs = [
        _Run(patches, odd - count_damage(head + _to_text(patches, page) + tail))
        for (patches, (head, tail)), odd in zip(found, before, strict=True)
    ]
    if max(run.gain for run in runs) < _PROVEN:
        return None
    gain = sum(run.gain for run in runs if run.gain > 0)
    share = sum(run.patches[-1].end - run.patches[0].start for run in runs) / _count_foreign(text)
    return _Explained(page, runs, gain, gain >= _THROUGHOUT and share >= _THROUGHOUT_SHARE)


def _find_runs(text: str, page: CodePage) -> Iterator[list[Patch]]:
    """Yield the runs of characters that could be UTF-8, misread through `page`; each has one patch or more."""
    patches: list[Patch] = []
    for match in page.misread.finditer(text):
        character = page.reread(match.group())
        if patches and (character is None or match.start() != patches[-1].end):
            yield patches
            patches = []
        if character is not None:
            patches.append(Patch(match.start(), match.end(), character))
    if patches:
        yield patches


def _around(text: str, patches: list[Patch]) -> tuple[str, str]:
    start, end = patches[0].start, patches[-1].end
    return text[max(start - _CONTEXT_CHARS, 0) : start], text[end : end + _CONTEXT_CHARS]


def _to_text(patches: list[Patch], page: CodePage) -> str:
    mended = "".join(patch.replacement for patch in patches)
    return _CONTROL.sub(".", mended) if page.name == "cp1252" else mended


def _count_foreign(text: str) -> int:
    """Return how many characters beyond ASCII there are, no-break spaces aside: some come in when pages are set."""
    return sum(map(len, _FOREIGN.findall(text)))


def _choose(explained: _Explained) -> list[_Run]:
    """Return the runs of a proven page to mend, the best first.

    Where one page explains a text throughout, its odd-looking runs and its harmless ones are the same damage.
    """
    runs = [run for run in explained.runs if explained.throughout or run.gain >= _SUPPORTED]
    return sorted(runs, key=lambda run: -run.gain)


def _find_remains(text: str, pages: list[CodePage]) -> Iterator[Patch]:
    """Yield what other steps left of misread characters: parts are lost, no-break spaces became common ones."""
    for page in pages:
        for match in page.remains.finditer(text):
            character = page.reread(match.group().replace(" ", "\u00a0"))
            if character is not None and count_damage(character) == 0:
                yield Patch(match.start(), match.end(), character)
        if page.name in _GRAVE:
            yield from (Patch(match.start(), match.end(), "à") for match in _GRAVE[page.name].finditer(text))


def _find_controls(text: str, foreign: str) -> Iterator[Patch]:
    """Yield the control characters that are marks or letters of one code page: the one that reads less oddly.

    Source: HTML standard, numeric character reference end state, which reads them as windows-1252.
    """
    found = list(_CONTROLS.finditer(text)) if _CONTROL.search(foreign) is not None else []
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
