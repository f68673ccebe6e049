"""Mojibake: UTF-8 that somebody before us read as another encoding, undone where that is proven."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.clean.misreadings import Patch, count_damage, find_patches


class Mended(NamedTuple):
    """A text without its mojibake, and where its characters come from."""

    text: str
    places: tuple[int, ...] | None
    """For each character, and for the end, its offset in the damaged text; None when nothing was mended."""

    def to_damaged(self, offset: int) -> int:
        """Return where `offset` lies in the damaged text."""
        return offset if self.places is None else self.places[offset]


_HOPELESS = 3
"""A word that keeps more than a third of its oddities is garbled beyond repair."""
_WORD = re.compile(r"[^ \t-\r\x1c-\x1f\u2028\u2029]+|[ \t-\r\x1c-\x1f\u2028\u2029]+")


def mend(text: str) -> Mended:
    """Return `text` without the mojibake that can be proven; mending twice equals mending once.

    Words that stay odd all the same are left as they came: what cannot be saved is not made up.
    Cost: one search where there is none; else linear in `text` for each layer of misreading.
    """
    mended = _mend_layers(text)
    while mended.places is not None:
        again = _mend_layers(mended.text)
        if again.places is None:
            break
        mended = Mended(again.text, tuple(mended.places[place] for place in again.places))
    return mended


def _mend_layers(text: str) -> Mended:
    """Return `text` without the layers of misreading that can be seen now; a word that is given up can show others."""
    patches = find_patches(text)
    if not patches:
        return Mended(text, None)
    mended = Mended(text, tuple(range(len(text) + 1)))
    while patches:
        mended = _apply(mended, patches)
        patches = find_patches(mended.text)
    return _without_hopeless_words(text, mended)


def _apply(mended: Mended, patches: tuple[Patch, ...]) -> Mended:
    """Return the text with `patches` in their places."""
    places = mended.places or ()
    pieces: list[str] = []
    origins: list[int] = []
    at = 0
    for patch in patches:
        pieces += (mended.text[at : patch.start], patch.replacement)
        origins.extend(places[at : patch.start + 1])
        at = patch.end
    pieces.append(mended.text[at:])
    origins.extend(places[at:])
    return Mended("".join(pieces), tuple(origins))


def _without_hopeless_words(damaged: str, mended: Mended) -> Mended:
    """Return the mended text with those words as they were that mending left nearly as odd."""
    pieces: list[str] = []
    origins: list[int] = []
    places = mended.places or ()
    for match in _WORD.finditer(mended.text):
        start, end = places[match.start()], places[match.end()]
        before, word = damaged[start:end], match.group()
        hopeless = before != word and count_damage(word) * _HOPELESS > count_damage(before)
        pieces.append(before if hopeless else word)
        origins.extend(range(start, end) if hopeless else places[match.start() : match.end()])
    text = "".join(pieces)
    return Mended(text, None if text == damaged else (*origins, len(damaged)))
