"""Whether bytes are windows-1252: each letter inside a word, each mark at its edge, as print has them."""

from __future__ import annotations

import re

_HIGH = re.compile(rb"[\x80-\xff]+")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")

_OPENING_MARKS = frozenset("‘“„‚¿¡")
_CLOSING_MARKS = frozenset("’”™…")
_SYMBOLS = frozenset("«»–—…•€£¥§©®°·™‰†±µ²³¹ªº¼½¾×\u00a0")
_MAX_HIGH_RUN = 2
"""Longer runs of high bytes are words of another alphabet, not accented letters."""


def find_implausible(raw: bytes) -> str | None:
    """Return why `raw` is no windows-1252 text, or None when every high byte of it is plausible."""
    if _MULTIBYTE.search(raw):
        return "UTF-8 and another encoding are mixed"
    for run in _HIGH.finditer(raw):
        try:
            word = run.group().decode("windows-1252")
        except UnicodeDecodeError:
            return "the bytes are neither UTF-8 nor windows-1252"
        before, after = _neighbour(raw, run.start() - 1), _neighbour(raw, run.end())
        if len(word) > _MAX_HIGH_RUN or not _is_plausible(before, word, after):
            return f"read as windows-1252 it would say {before + word + after!r}"
    return None


def _neighbour(raw: bytes, index: int) -> str:
    """Return the ASCII character at `index`, or a space beyond the ends."""
    return chr(raw[index]) if 0 <= index < len(raw) else " "


def _is_plausible(before: str, word: str, after: str) -> bool:
    around = before + word + after
    if not _is_ascii_letter(before) and not _is_ascii_letter(after) and len(word) > 1 and word.isalpha():
        return False
    return all(_is_in_place(*around[index : index + 3]) for index in range(len(word)))


def _is_ascii_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _is_in_place(before: str, character: str, after: str) -> bool:
    """Return whether `character` stands where writers put it: letters in words, marks at their edges."""
    if character in _SYMBOLS:
        return True
    if character in _OPENING_MARKS:
        return not before.isalnum() and not after.isspace()
    if character in _CLOSING_MARKS:
        return not before.isspace() or after.isdigit()
    if not character.isalpha():
        return False
    in_word = before.isalpha() or after.isalpha()
    alone = before.isspace() and after.isspace() and character.lower() in "àéóèò"
    capital_inside = character.isupper() and before.islower()
    return (in_word or alone) and not capital_inside
