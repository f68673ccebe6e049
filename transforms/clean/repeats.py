"""Repeats inside one page: the headline printed again, a paragraph twice, a sentence glued to its twin."""

from __future__ import annotations

import re
from itertools import pairwise

from transforms.clean.draft import Cut, Draft, Taken
from transforms.clean.headline import STEP as HEADLINE_STEP
from transforms.clean.headline import without_site
from transforms.clean.paragraphs import is_prose
from transforms.clean.vocabulary import to_key

STEP = "repeats"

_MAX_HEADLINE_CHARS = 200
_MAX_TIMES = 6
"""How often pages print a headline at most."""
_MIN_PARAGRAPH_WORDS = 8
_MIN_SENTENCE_WORDS = 5
_MIN_EQUAL_SHARE = 0.7
"""Share of a twin's words that must be the same; the others may differ in their endings."""
_MIN_STEM_SHARE = 0.5
_GLUED = re.compile(r"[.!?…][”’\"»)]*(?=[“‘\"«(]*[^\W\d_])")
_SENTENCE_START = re.compile(r"[.!?…][”’\"»)]*\s+")


def take_repeated_headline(draft: Draft) -> Draft:
    """Return the draft without a first line that is printed twice or more; that makes it the headline."""
    texts = [paragraph.text for paragraph in draft.paragraphs[:_MAX_TIMES]]
    if len(texts) < 2 or any(len(text) > _MAX_HEADLINE_CHARS for text in texts[:2]):
        return draft
    keys = [to_key(without_site(text)) for text in texts if len(text) <= _MAX_HEADLINE_CHARS]
    times = next((index for index, key in enumerate(keys) if key != keys[0]), len(keys))
    if times < 2 or not keys[0] or _tells(texts[0]):
        return draft
    has_headline = any(removal.reason == "moved_to_headline" for removal in draft.removals)
    taken = {index: Taken(STEP, "repeated_headline") for index in range(times)}
    if not has_headline:
        taken[times - 1] = Taken(HEADLINE_STEP, "moved_to_headline")
    return draft.without(taken)


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
    """Return the draft with only the second of two sentences that are glued and the same but for word endings."""
    for index in range(len(draft.paragraphs)):
        twin = _find_glued_twin(draft.paragraphs[index].text)
        if twin is not None:
            draft = draft.cutting(index, (twin,), STEP)
    return draft


def _find_glued_twin(text: str) -> Cut | None:
    """Return the span of a sentence, or of several, whose twin follows without a space, or None."""
    for glue in _GLUED.finditer(text):
        if not _starts_sentence(text, glue.end()):
            continue
        starts = [match.end() for match in _SENTENCE_START.finditer(text, 0, glue.start())]
        for start in (*reversed(starts), 0):
            if _are_twins(text[start : glue.end()], text[glue.end() :]):
                return Cut(start, glue.end(), "repeated_sentence")
    return None


def _starts_sentence(text: str, index: int) -> bool:
    return text[index:].lstrip('“‘"«(')[:1].isupper()


def _are_twins(sentence: str, behind: str) -> bool:
    """Return whether the text `behind` opens with the same sentence."""
    words = sentence.split()
    twin = behind.split(maxsplit=len(words))[: len(words)]
    if len(words) < _MIN_SENTENCE_WORDS or len(twin) < len(words):
        return False
    same = sum(word == other for word, other in zip(words, twin, strict=True))
    if same < len(words) * _MIN_EQUAL_SHARE or not _ends_sentence(twin[-1]):
        return False
    return all(_share_stem(word, other) for word, other in zip(words, twin, strict=True))


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
