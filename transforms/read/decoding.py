"""From bytes to text: byte order marks, UTF-8, and windows-1252 only where every byte of it is plausible.

Guessing further encodings, and repairing text that was decoded wrongly before it came, do not belong here.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple


class Decoded(NamedTuple):
    """Text and the IANA name of the encoding it was decoded with."""

    text: str
    encoding: str


class UndecodableError(ValueError):
    """No encoding that we know explains the bytes; `offset` is the first that no reading explains."""

    def __init__(self, offset: int, why: str) -> None:
        super().__init__(why)
        self.offset = offset


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
"""Byte order marks; UTF-32 stands before UTF-16, whose mark its own begins with."""

_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}",
)
_HIGH = re.compile(rb"[\x80-\xff]+")

_OPENING_MARKS = frozenset("‘“„‚¿¡")
_CLOSING_MARKS = frozenset("’”™…")
_SYMBOLS = frozenset("«»–—…•€£¥§©®°·™‰†±µ²³¹ªº¼½¾×\u00a0")
_MAX_HIGH_RUN = 2
"""Longer runs of high bytes are words of another alphabet, not accented letters."""


def decode(raw: bytes) -> Decoded:
    """Return the text of `raw` without its byte order mark; raise UndecodableError where no encoding fits."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _decode_as(raw, encoding)
    try:
        return Decoded(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        implausible = _find_implausible(raw)
        if implausible is None:
            return _decode_as(raw, "windows-1252")
        raise UndecodableError(error.start, implausible) from error


def decode_as(raw: bytes, encoding: str) -> str:
    """Return the text of `raw` in the encoding that `decode` named; raise UndecodableError where it does not fit."""
    return _decode_as(raw, encoding).text


def _decode_as(raw: bytes, encoding: str) -> Decoded:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise UndecodableError(error.start, f"the bytes are no {encoding}: {error.reason}") from error
    return Decoded(text.removeprefix("\ufeff"), encoding)


def _find_implausible(raw: bytes) -> str | None:
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
    return all(_is_in_place(*around[index : index + 3]) for index in range(len(word)))


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
    in_word = (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
    alone = before.isspace() and after.isspace() and character.lower() in "àéóèò"
    capital_inside = character.isupper() and before.islower()
    return (in_word or alone) and not capital_inside
