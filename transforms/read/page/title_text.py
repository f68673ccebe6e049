"""The text of a title: one line, without the names of the site and labels such as "Breaking:" at its ends."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from transforms.read.page.names import to_folded
from transforms.read.page.vocabulary import page_words

MAX_CHARS = 400
_SEPARATOR = re.compile(r"\s+[|–—\-:·•»«>/~]+\s+|\s*[|»]\s*|\s+::\s+|:\s")
_SEGMENT = re.compile(r"\s+[|–—\-·•»«>/~:]+\s+|\s*[|»]\s*")
_MAX_GIVEN_CHARS = 1_000


def clean_title(text: str | None, sites: frozenset[str]) -> str | None:
    """Return a title on one line without the names of the site and labels at its ends, or None."""
    if text is None or len(text) > _MAX_GIVEN_CHARS:
        return None
    text = html.unescape(text) if "&" in text else text
    text = " ".join(text.replace("\u00ad", "").split())
    text = page_words().title_labels.sub("", text)
    return _without_site(text, sites)[:MAX_CHARS].strip() or None


def split_title(title: str | None, sites: frozenset[str]) -> list[str]:
    """Return the parts of the title element between bars and dashes, folded, without the site's names."""
    if title is None or len(title) > _MAX_GIVEN_CHARS:
        return []
    parts = (to_folded(part) for part in _SEGMENT.split(html.unescape(title).replace("\u00ad", "")))
    return [part for part in parts if part and part.replace(" ", "") not in sites]


def is_site_name(text: str, sites: Iterable[str]) -> bool:
    """Return whether a text is one of the site's names, or no word at all."""
    folded = to_folded(text).replace(" ", "")
    return not folded or folded in sites


def _without_site(text: str, sites: frozenset[str]) -> str:
    while True:
        marks = list(_SEPARATOR.finditer(text))
        if not marks:
            return text
        last, first = marks[-1], marks[0]
        if last.group() != ": " and is_site_name(text[last.end() :], sites):
            text = text[: last.start()]
        elif is_site_name(text[: first.start()], sites):
            text = text[first.end() :]
        else:
            return text
