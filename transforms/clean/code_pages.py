"""Code pages through which UTF-8 is misread, and the shapes that its bytes then take.

A multi-byte character of UTF-8 shows as a row of two to four characters: a first from a set of fifty, then others from
a set of sixty-four. The sets differ with the code page.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

NAMES = (
    "cp1252", "mac_roman", "cp1251", "cp1250", "iso8859_2", "cp437", "cp1254", "cp1253", "cp1257",
)  # fmt: skip
"""Python's names, the likeliest first: it wins where two explain the same damage."""
_ASCII = bytes(range(0x80))


class CodePage(NamedTuple):
    """A code page as programs use it: bytes that it leaves undefined stand for control characters."""

    name: str
    to_byte: dict[int, int]
    """Byte by code point, as `str.translate` takes it."""
    firsts: frozenset[str]
    seconds: frozenset[str]
    opening: re.Pattern[str]
    """The first two parts of any misread character; quick to look for."""
    misread: re.Pattern[str]
    """One character of UTF-8, misread through this code page; U+FFFD may stand for a part that is lost."""
    remains: re.Pattern[str]
    """A misread character of which a part is lost, or with a space where a no-break space was."""

    def may_open(self, foreign: set[str]) -> bool:
        """Return whether a text with these characters beyond ASCII may hold the first two parts of a misread one."""
        return not self.firsts.isdisjoint(foreign) and not self.seconds.isdisjoint(foreign)

    def reread(self, text: str) -> str | None:
        """Return the UTF-8 character whose bytes `text` shows, or None when they are none."""
        if "\ufffd" in text:
            return "\ufffd"
        raw = text.translate(self.to_byte).encode("latin-1")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return _reread_halves(raw)


@cache
def load(name: str) -> CodePage:
    """Return the code page that Python calls `name`."""
    to_byte = {byte: byte for byte in range(0x80, 0x100)} if name == "cp1252" else {}
    shown: list[list[str]] = [[] for _ in range(0x100)]
    for byte in range(0x80, 0x100):
        character = bytes([byte]).decode(name, "ignore") or chr(byte)
        for each in {character, chr(byte)} if name == "cp1252" and byte < 0xA0 else {character}:
            to_byte[ord(each)] = byte
            shown[byte].append(each)
    follow = _any_of(shown, 0x80, 0xBF)
    two, three, four = _any_of(shown, 0xC2, 0xDF), _any_of(shown, 0xE0, 0xEF), _any_of(shown, 0xF0, 0xF4)
    halves = f"{_any_of(shown, 0xED, 0xED)}{_any_of(shown, 0xA0, 0xAF)}{follow}"
    halves += f"{_any_of(shown, 0xED, 0xED)}{_any_of(shown, 0xB0, 0xBF)}{follow}"
    misread = f"{two}{follow}|{halves}|{three}{follow}{{2}}|{four}{follow}{{3}}"
    lost = f"{two}\ufffd|{three}{follow}?\ufffd|{four}{follow}{{0,2}}\ufffd"
    misread += f"|{lost}"
    not_grave = two.replace(re.escape(shown[0xC3][0]), "")
    opening = f"{_any_of(shown, 0xC2, 0xF4)}[\ufffd{_any_of(shown, 0x80, 0xBF)[1:]}"
    remains = f"{lost}|{not_grave} (?={misread})|{three}(?: {follow}|{follow} )"
    remains += "|[ÂÃ]\u00a0" if "Â" in shown[0xC2] else ""
    firsts = frozenset(each for byte in range(0xC2, 0xF5) for each in shown[byte])
    seconds = frozenset(each for byte in range(0x80, 0xC0) for each in shown[byte]) | {"\ufffd"}
    return CodePage(name, to_byte, firsts, seconds, re.compile(opening), re.compile(misread), re.compile(remains))


def suspects(text: str, foreign: str) -> list[CodePage]:
    """Return the code pages through which some of `text` may have been misread.

    `foreign` are its characters beyond ASCII; in most texts none of them opens a misread character.
    """
    different = set(foreign)
    pages = [page for page in map(load, NAMES) if page.may_open(different)]
    if not pages or _any_opening().search(text) is None:
        return []
    return [page for page in pages if page.opening.search(text) is not None]


@cache
def _any_opening() -> re.Pattern[str]:
    """Return a pattern for two characters in a row that open a misread character in some code page."""
    pages = [load(name) for name in NAMES]
    firsts = "".join(sorted(frozenset[str]().union(*(page.firsts for page in pages))))
    seconds = "".join(sorted(frozenset[str]().union(*(page.seconds for page in pages))))
    return re.compile(f"[{re.escape(firsts)}][{re.escape(seconds)}]")


def find_foreign(text: str) -> str:
    """Return the characters of `text` beyond ASCII, in order: a few in most texts, and quicker to look through."""
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def _any_of(shown: list[list[str]], first: int, last: int) -> str:
    """Return a pattern for one character that shows a byte from `first` to `last`."""
    return f"[{re.escape(''.join(each for byte in range(first, last + 1) for each in shown[byte]))}]"


def _reread_halves(raw: bytes) -> str | None:
    """Return the character whose two UTF-16 halves were each written as UTF-8 (CESU-8), or None."""
    try:
        return raw.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return None
