"""Credits: lines that say where a story, or a part of it, comes from."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple

from transforms.clean.vocabulary import vocabulary
from transforms.clean.zones import Zone
from transforms.rows import SourceRole

_MAX_CHARS = 240
_MAX_NAMES = 6
_MAX_NAME_WORDS = 7
_BETWEEN = re.compile(r"\s*(?:,|;|/|\||&|\+|\s-\s|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b)\s*")
_WHERE = re.compile(r"\s+in\s+[A-Z].*$")
"""Where a reporter reported from is no part of the name."""
_ADDRESS = re.compile(r"https?://(?:www\.)?(?P<host>[^/\s?#]+)", re.IGNORECASE)
_OUTLET = re.compile(
    r"(?:(?P<owner>[A-Z][\w ]{1,40}?)[’']s\s+[A-Z]"
    r"|(?P<agency>[A-Z][\w ]{1,40}?)\s+(?:writers?|reporters?|correspondents?|journalists?|producers?|staff)\b)"
)
_REUTERS_DESK = re.compile(
    r"\(?Report(?:ing|ed) by (?P<x>[A-Z][^;:.]{2,120})"
    r"(?:;? (?:Additional|Writing|Editing|Compiled|Graphics)[^.]{0,200})?\.?\)?"
)


class Credit(NamedTuple):
    """A credit line: whom it names, and what they gave."""

    names: tuple[str, ...]
    role: SourceRole


def find_credit_line(text: str, zone: Zone) -> str | None:
    """Return `moved_to_info_sources` when a line above or below the story is a credit, or None."""
    return None if find_credit(text) is None else "moved_to_info_sources"


def find_credit(text: str) -> Credit | None:
    """Return what a credit line says, or None when `text` is none."""
    if len(text) > _MAX_CHARS:
        return None
    words = vocabulary()
    bare = text.strip("—–- *")
    inner = bare[1:-1] if bare[:1] in "([" and bare[-1:] in ")]" else bare
    if is_agency(inner.strip(" .—–-")):
        return Credit((inner.strip(" .—–-"),), "publisher")
    for line in (bare, inner.strip()):
        partial = words.partial_credits.fullmatch(line) or _REUTERS_DESK.fullmatch(line)
        if partial is not None:
            return _to_credit(partial, "partial_credit")
        whole = words.publisher_credits.fullmatch(line)
        if whole is not None:
            return _to_credit(whole, "publisher")
    return None


def _to_credit(match: re.Match[str], role: SourceRole) -> Credit | None:
    named = next(value for value in match.groupdict().values() if value is not None)
    listed = [named] if named.startswith("http") else _BETWEEN.split(named)
    names = tuple(_to_name(name.strip(" ,.()[]")) for name in listed)
    names = tuple(name for name in names if name)
    if not names or len(names) > _MAX_NAMES or any(len(name.split()) > _MAX_NAME_WORDS for name in names):
        return None
    return Credit(names, role)


def _to_name(printed: str) -> str:
    """Return who is credited: of "CNN's Jane Doe" and "AP writer Jane Doe" the outlet, of an address the host."""
    address = _ADDRESS.match(printed)
    if address is not None:
        return address["host"]
    outlet = _OUTLET.match(printed)
    if outlet is not None and (outlet["owner"] is not None or is_agency(outlet["agency"])):
        return str(outlet["owner"] or outlet["agency"])
    return _WHERE.sub("", printed)


def is_agency(name: str) -> bool:
    """Return whether a news agency bears this name."""
    return name.lower() in _agencies()


@cache
def _agencies() -> frozenset[str]:
    """Return the names of agencies.toml in lower case."""
    text = resources.files("transforms.clean").joinpath("agencies.toml").read_text(encoding="utf-8")
    return frozenset(name.lower() for name in tomllib.loads(text)["agencies"])
