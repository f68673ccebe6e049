"""The language of a body, by a vote of its stop words. None when the vote is unsure."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import resources
from itertools import chain

from transforms.rows import Found, Story

_CHARS = 1000
"""As much of a body as the vote needs."""
_MIN_WORDS = 8
_MIN_SHARE = 0.18
"""Share of stop words: running text of these languages has 0.25 to 0.5, other languages below 0.15."""
_MIN_LEAD = 1.25
"""How much more votes than the second language has."""
_SURE_WORDS = 60
_SURE = 0.98
_SHORT = 0.8
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def extract_language(story: Story) -> tuple[Found, ...]:
    """Return `language` as a BCP 47 tag."""
    language = find_language(story.cleaned.body)
    if language is None:
        return ()
    confidence = _SURE if len(story.cleaned.body.split(maxsplit=_SURE_WORDS)) > _SURE_WORDS else _SHORT
    return (Found("language", language, "stop_words", confidence),)


def find_language(body: str) -> str | None:
    """Return the language of `body` among those of stop_words.toml, or None."""
    words = _WORD.findall(body[:_CHARS].lower())
    if len(words) < _MIN_WORDS:
        return None
    speakers = _languages_by_word()
    votes = Counter(chain.from_iterable(speakers[word] for word in words if word in speakers))
    ranked = sorted(votes, key=lambda language: (-votes[language], language))
    if not ranked or votes[ranked[0]] < len(words) * _MIN_SHARE:
        return None
    second = votes[ranked[1]] if len(ranked) > 1 else 0
    return ranked[0] if votes[ranked[0]] >= second * _MIN_LEAD else None


@cache
def _languages_by_word() -> Mapping[str, tuple[str, ...]]:
    words = tomllib.loads(resources.files("transforms.extract").joinpath("stop_words.toml").read_text(encoding="utf-8"))
    languages: dict[str, tuple[str, ...]] = {}
    for language, listed in words.items():
        for word in dict.fromkeys(listed.split()):
            languages[word] = (*languages.get(word, ()), language)
    return languages
