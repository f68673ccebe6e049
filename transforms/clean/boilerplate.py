"""Boilerplate: lines that the page put around or between the story, not the writer.

Which words they are made of is said in `words/`, one file for each language.
"""

from __future__ import annotations

import re

from transforms.clean.vocabulary import to_key, vocabulary
from transforms.clean.zones import Zone

_MAX_CHARS = 240
"""Longer paragraphs are prose whatever they begin with."""
_MAX_PHRASE_CHARS = 120
_MAX_LABEL_CHARS = 40
_MAX_OPENING_WORDS = 30
_LABEL_MARKS = frozenset(":|»")
_SPEECH = frozenset('“”«»"')
_RULE = re.compile(r"[\W_]+")


def find_boilerplate(text: str, zone: Zone) -> str | None:
    """Return why a line is furniture of the page (`boilerplate`, `link_to_another_story`, `ornament`), or None."""
    if len(text) > _MAX_CHARS:
        return None
    words = vocabulary()
    if _RULE.fullmatch(text):
        return "ornament"
    if len(text) <= _MAX_PHRASE_CHARS and _is_phrase(to_key(text), zone):
        return "boilerplate"
    if text.count(" ") >= _MAX_OPENING_WORDS or not _SPEECH.isdisjoint(text):
        return None
    if not _LABEL_MARKS.isdisjoint(text[:_MAX_LABEL_CHARS]) and words.labels.match(text):
        return "link_to_another_story"
    return "boilerplate" if zone is not Zone.MIDDLE and words.openings.match(text) else None


def _is_phrase(key: str, zone: Zone) -> bool:
    words = vocabulary()
    if key in words.anywhere or (zone is not Zone.MIDDLE and key in words.edges):
        return True
    if zone is not Zone.MIDDLE and words.edge_patterns.fullmatch(key) is not None:
        return True
    return words.patterns.fullmatch(key) is not None


def is_furniture_phrase(text: str) -> bool:
    """Return whether `text` is a phrase that is furniture wherever it stands."""
    return len(text) <= _MAX_PHRASE_CHARS and _is_phrase(to_key(text), Zone.MIDDLE)


def opens_link_list(text: str) -> bool:
    """Return whether only links to other stories follow this line."""
    return len(text) <= _MAX_PHRASE_CHARS and to_key(text) in vocabulary().link_lists
