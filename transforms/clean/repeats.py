"""Repeats inside one page: the headline printed again, a paragraph twice, a sentence glued to its twin."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise, takewhile

from transforms.clean.draft import Cut, Draft, Taken
from transforms.clean.headline import STEP as HEADLINE_STEP
from transforms.clean.headline import without_site
from transforms.clean.paragraphs import is_prose
from transforms.clean.vocabulary import to_key

STEP = "repeats"

_MAX_HEADLINE_CHARS = 200
_MIN_PARAGRAPH_WORDS = 8
_MIN_SENTENCE_WORDS = 5
_MIN_EQUAL_SHARE = 0.7
"""Share of a twin's words that must be the same; the others may differ in their endings."""
_MIN_STEM_SHARE = 0.5
_MAX_TWIN_CHARS = 3000
"""Longer stretches of text are not compared."""
_MAX_TWIN_SENTENCES = 6
_MAX_OPENING_MARKS = 5
_GLUED = re.compile(r"[.!?…][”’\"»)]*(?=[“‘\"«(]*[^\W\d_])")
_SENTENCE_START = re.compile(r"[.!?…][”’\"»)]*\s+")


def take_repeated_headline(draft: Draft) -> Draft:
    """Return the draft without a first line that is printed twice or more; that makes it the headline."""
    texts = (paragraph.text for paragraph in draft.paragraphs)
    first = next(texts, "")
    key = _headline_key(first)
    times = 1 + sum(1 for _ in takewhile(lambda text: _headline_key(text) == key, texts))
    if times < 2 or not key or _tells(first):
        return draft
    has_headline = any(removal.reason == "moved_to_headline" for removal in draft.removals)
    taken = {index: Taken(STEP, "repeated_headline") for index in range(times)}
    if not has_headline:
        taken[times - 1] = Taken(HEADLINE_STEP, "moved_to_headline")
    return draft.without(taken)


def _headline_key(text: str) -> str:
    """Return what two prints of one headline have in common; nothing for a line too long to be one."""
    return to_key(without_site(text)) if len(text) <= _MAX_HEADLINE_CHARS else ""


def _tells(text: str) -> bool:
    """Return whether a paragraph is a sentence of the story; headlines may ask or exclaim."""
    return is_prose(text) and text[-1] not in "?!"


def take_repeated_paragraphs(draft: Draft) -> Draft:
    """Return the draft with one of each run of equal neighbouring paragraphs; short ones may be meant."""
    texts = [paragraph.text for paragraph in draft.paragraphs]
    taken = {
        index: Taken(STEP, "repeated_paragraph")
        for index, (text, following) in enumerate(pairwise(texts))
        if text == following and len(text.split()) >= _MIN_PARAGRAPH_WORDS
    }
    return draft.without(taken)


def take_glued_twins(draft: Draft) -> Draft:
    """Return the draft with only the last of several sentences that are glued and the same but for word endings."""
    for index, paragraph in enumerate(draft.paragraphs):
        twins = tuple(_find_glued_twins(paragraph.text))
        if twins:
            draft = draft.cutting(index, twins, STEP)
    return draft


def _find_glued_twins(text: str) -> Iterator[Cut]:
    """Yield the span of each sentence, or of several together, whose twin follows without a space."""
    glues = [match.end() for match in _GLUED.finditer(text) if _starts_sentence(text, match.end())]
    starts = [0, *(match.end() for match in _SENTENCE_START.finditer(text))] if glues else []
    done = 0
    for end in glues:
        nearest = bisect_left(starts, end)
        candidates = {done, *starts[max(0, nearest - _MAX_TWIN_SENTENCES) : nearest]}
        near = (start for start in sorted(candidates, reverse=True) if done <= start and end - start <= _MAX_TWIN_CHARS)
        start = next((start for start in near if _are_twins(text, start, end)), None)
        if start is not None:
            yield Cut(start, end, "repeated_sentence")
            done = end


def _starts_sentence(text: str, index: int) -> bool:
    return text[index : index + _MAX_OPENING_MARKS].lstrip('“‘"«(')[:1].isupper()


def _are_twins(text: str, start: int, end: int) -> bool:
    """Return whether the sentence from `start` to `end` stands once more behind `end`."""
    if start == end or text[start] != text[end]:
        return False
    sentence = text[start:end]
    words = sentence.split()
    twin = text[end : end + 2 * len(sentence)].split(maxsplit=len(words))[: len(words)]
    if len(words) < _MIN_SENTENCE_WORDS or len(twin) < len(words):
        return False
    same = sum(word == other for word, other in zip(words, twin, strict=True))
    if same < len(words) * _MIN_EQUAL_SHARE - 1 or not _ends_sentence(twin[-1]):
        return False
    return all(_share_stem(word, other) for word, other in zip(words[:-1], twin[:-1], strict=True)) and (
        _share_stem(words[-1], _to_sentence_end(twin[-1]))
    )


def _to_sentence_end(word: str) -> str:
    """Return a twin's last word without the third sentence that is glued to it."""
    end = _GLUED.search(word)
    return word if end is None else word[: end.end()]


def _ends_sentence(word: str) -> bool:
    """Return whether a word closes a sentence, maybe with a third sentence glued to it."""
    return re.search(r"[.!?…]", word) is not None


def _share_stem(word: str, other: str) -> bool:
    """Return whether two words differ in nothing but their endings."""
    if word == other:
        return True
    short, long = sorted((word.casefold(), other.casefold()), key=len)
    common = next((index for index, letter in enumerate(short) if letter != long[index]), len(short))
    return common >= max(1, len(long) * _MIN_STEM_SHARE)
