"""How odd a text looks to somebody who knows how letters and marks stand in print, whatever the language.

Letters of two alphabets in one word, capitals behind small letters, a pound sign inside a word: each costs a point.
Meaning is not looked at, and dictionaries are not asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from itertools import pairwise, product

_CLASSES = {
    "h": "ascii small", "H": "ascii capital", "l": "small", "L": "capital", "A": "Â",
    "g": "Greek small", "G": "Greek capital", "c": "Cyrillic small", "C": "Cyrillic capital",
    "b": "Hebrew", "r": "Arabic", "t": "Thai", "i": "other alphabet", "k": "ideograph, kana, hangul",
    "m": "combining mark", "0": "digit", " ": "space", ".": "neutral mark", "q": "quotation mark", "o": "opening mark",
    "s": "symbol that stands alone", "y": "symbol before words", "z": "symbol behind words",
    "v": "mathematics", "T": "trade mark", "x": "broken", "R": "rare", "w": "box",
}  # fmt: skip
"""What a character is, as far as its neighbours care."""

_SMALL = frozenset("hlgc")
_CAPITAL = frozenset("HLAGC")
_ASCII = frozenset("hH")
_ACCENTED = frozenset("lLA")
_SCRIPTS = {"h": "latin", "H": "latin", "l": "latin", "L": "latin", "A": "latin", "g": "greek", "G": "greek",
            "c": "cyrillic", "C": "cyrillic", "b": "hebrew", "r": "arabic", "t": "thai", "i": "other"}  # fmt: skip
_LETTERS = frozenset(_SCRIPTS)
_CASED = {"latin": "lL", "greek": "gG", "cyrillic": "cC"}
_BROKEN = frozenset(("Cc", "Cn", "Co", "Cs"))
_LAST_LATIN_1 = 0xFF
_ODD_MARKS = frozenset(("zT", "zq", "os", "ss", "sq", "qs", "sz", "zs", "vv", "vs", "sv", "s.", "sy", "ys", "kR", "Rk"))
_ALONE = {"x": 3, "R": 2}
"""What a character costs wherever it stands."""

_MARKS = {
    **dict.fromkeys("“”„‚‟«»‹›", "q"),
    **dict.fromkeys("¡¿", "o"),
    **dict.fromkeys("¢£¤¥¦¨©¬¯´¶·¸±¼½¾×÷†‡‰ˆ˜ƒ•\u00ad", "s"),
    **dict.fromkeys("°µ§", "y"),
    **dict.fromkeys("ªº²³¹®€", "z"),
    **dict.fromkeys("’‘…–—‐‑―′″№₽₴₪₫₹￼\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\ufe0f", "."),
    **dict.fromkeys("◊\uf8ff", "v"),
    "Â": "A",
    "\ufffd": "x",
    "™": "T",
    "ſ": "R",
}
_COMMON_LATIN = frozenset("ơƠưƯșȘțȚǎǍǐǏǒǑǔǓǧǦǫǪəƏ")
_RANGES = (
    (0x0100, 0x017F, "latin"), (0x0180, 0x024F, "uncommon"), (0x0250, 0x02FF, "R"), (0x0300, 0x036F, "m"),
    (0x0370, 0x03E1, "greek"), (0x0400, 0x045F, "cyrillic"), (0x048A, 0x04FF, "cyrillic"), (0x0531, 0x058F, "i"),
    (0x0591, 0x05C7, "m"), (0x05D0, 0x05F4, "b"), (0x0600, 0x06FF, "r"), (0x0900, 0x0DFF, "i"), (0x0E01, 0x0E5B, "t"),
    (0x0E80, 0x0FFF, "i"), (0x1000, 0x109F, "i"), (0x10A0, 0x10FF, "i"), (0x1200, 0x137F, "i"), (0x1780, 0x17FF, "i"),
    (0x1E00, 0x1EFF, "latin"), (0x1F00, 0x1FFF, "greek"), (0x2010, 0x209F, "."), (0x20A0, 0x20BF, "."),
    (0x2100, 0x218F, "."), (0x2190, 0x21FF, "v"), (0x2300, 0x24FF, "."), (0x2200, 0x22FF, "v"), (0x2500, 0x259F, "w"),
    (0x25A0, 0x28FF, "."), (0x3000, 0x303F, "."), (0x3041, 0x30FF, "k"), (0x3105, 0x312F, "k"), (0x3131, 0x318E, "k"),
    (0x3200, 0x33FF, "."), (0x4E00, 0x9FFF, "k"), (0xAC00, 0xD7A3, "k"), (0xFB00, 0xFB06, "h"), (0xFE30, 0xFE4F, "."),
    (0xFF01, 0xFF65, "."), (0xFF66, 0xFF9D, "k"), (0xFFE0, 0xFFE6, "."), (0x1F000, 0x1FAFF, "."),
    (0x20000, 0x2A6DF, "k"),
)  # fmt: skip
"""Blocks as Unicode 15 has them, with a class or the alphabet whose capitals and small letters are told apart."""


def count_oddities(text: str) -> int:
    """Return how many points of oddity `text` has; its ends count as spaces.

    Cost: linear. News in any language has next to none; read in a wrong encoding it has one a word or more.
    """
    classes = f" {''.join(map(_class_of, text))} "
    pairs = pairwise(classes)
    if len(classes) < _SHORT:
        points = sum(map(_PAIRS.__getitem__, pairs))
    else:
        points = sum(_PAIRS[pair] * times for pair, times in Counter(pairs).items())
    return points + len(_ODD_TRIPLE.findall(classes))


@cache
def _class_of(character: str) -> str:
    """Return the class of a character: a key of `_CLASSES`."""
    if character.isascii():
        return _ascii_class(character)
    if character in _MARKS:
        return _MARKS[character]
    if character.isspace() and character not in "\x85\x1c\x1d\x1e\x1f":
        return " "
    code = ord(character)
    block = next((name for first, last, name in _RANGES if first <= code <= last), "R")
    category = unicodedata.category(character)
    if category in _BROKEN:
        return "x"
    if block == "uncommon":
        block = "latin" if character in _COMMON_LATIN else "R"
    if code <= _LAST_LATIN_1:
        block = "latin" if category.startswith("L") else "."
    if block in _CASED:
        return _CASED[block][category == "Lu"] if category.startswith("L") else "."
    return block


def _ascii_class(character: str) -> str:
    if character.isalpha():
        return "h" if character.islower() else "H"
    if character.isdigit():
        return "0"
    if character.isspace():
        return " "
    return "." if character.isprintable() else "x"


def _odd_pair(first: str, second: str) -> int:
    """Return how odd it is that a character of class `second` follows one of class `first`."""
    if first in _LETTERS and second in _LETTERS:
        return _odd_letters(first, second)
    if first in _LETTERS:
        return _odd_behind_letter(first, second)
    if second in _LETTERS:
        return first in "svwzT" or (first == "y" and second in _ACCENTED) or (first == "0" and second in "LAbrm")
    if second == "m":
        return first != "m"
    if first == "o":
        return second in " oqs"
    return first + second in _ODD_MARKS


def _odd_letters(first: str, second: str) -> int:
    if _SCRIPTS[first] != _SCRIPTS[second]:
        return 2
    return first in _SMALL and second in _CAPITAL and not (first in _ASCII and second in _ASCII)


def _odd_behind_letter(first: str, second: str) -> int:
    if second in "sowv":
        return 2 if first == "A" and second == "s" else 1
    return second in "yz" and (2 if first == "A" else int(first in _ACCENTED))


_PAIRS = {pair: int(_odd_pair(*pair)) + _ALONE.get(pair[1], 0) for pair in product(_CLASSES, repeat=2)}
"""Points of two characters in a row, and of the second by itself."""
_SHORT = 200
"""Characters up to which adding up is faster than counting first."""
_ODD_TRIPLE = re.compile("(?=[hHlLAgGcC]q[hHlLAgGcC]|[HLA][LA][hl]|HHl|LLl|[gGcC][gGcC]k|hk[^k])")
