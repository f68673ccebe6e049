"""The words that pages put beside headlines, dates and names, by language: one file each in `words/`, read together."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class PageWords:
    """Words of all languages."""

    title_labels: re.Pattern[str]
    """Labels in front of a headline, colon included."""
    by: re.Pattern[str]
    """Words in front of an author's name."""
    author_label: re.Pattern[str]
    """Words for an author in front of a name, wherever such a line stands."""
    joins: re.Pattern[str]
    """Words and marks between two names."""
    between: re.Pattern[str]
    """A whole piece of text that only joins names or introduces them."""
    nobodies: frozenset[str]
    """Words that sign a story and name nobody."""
    jobs: re.Pattern[str]
    """Words that make a name in a byline a job or a title."""
    outlets: re.Pattern[str]
    """Words in the names of newspapers, agencies and authorities, which people do not have."""
    published: re.Pattern[str]
    """Words in front of the date of publication."""
    updated: re.Pattern[str]


@cache
def page_words() -> PageWords:
    """Return the words of all languages; the files are read once in a process."""
    files = sorted(resources.files("transforms.read.page").joinpath("words").iterdir(), key=lambda file: file.name)
    languages = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files if file.name.endswith(".toml")]

    def words(key: str) -> list[str]:
        listed = {word.lower() for language in languages for word in language.get(key, ())}
        return sorted(listed, key=lambda word: (-len(word), word))

    def any_of(key: str) -> str:
        return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words(key))

    return PageWords(
        title_labels=re.compile(rf"^(?:{any_of('title_labels')})\s*[:|]\s+", re.IGNORECASE),
        by=re.compile(rf"^(?:{any_of('by')})(?:\s*:\s*|\s+|$)", re.IGNORECASE),
        author_label=re.compile(rf"^(?:{any_of('author_labels')})(?:\s*:\s*|\s+)", re.IGNORECASE),
        joins=re.compile(
            rf"\s*(?:[;|/•·+\n]|\s&\s|,\s*(?:(?:{any_of('joins')})\s)?|\s(?:{any_of('joins')})\s)\s*", re.IGNORECASE
        ),
        between=re.compile(rf"[\W_]*(?:(?:{any_of('joins')}|{any_of('by')})[\W_]*)?", re.IGNORECASE),
        nobodies=frozenset(words("nobodies")),
        jobs=re.compile(rf"\b(?:{any_of('jobs')})s?\b", re.IGNORECASE),
        outlets=re.compile(rf"\b(?:{any_of('outlets')})\b|\b(?:GmbH|Ltd|LLC|Inc)\b", re.IGNORECASE),
        published=re.compile(rf"(?<!\w)(?:{any_of('published')})(?!\w)", re.IGNORECASE),
        updated=re.compile(rf"(?<!\w)(?:{any_of('updated')})(?!\w)", re.IGNORECASE),
    )
