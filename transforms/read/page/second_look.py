"""A second look at pages whose story is in doubt: one that takes all prose, and one that takes furniture for prose too.

The element that the first look chose holds the smaller part of such pages, or tells of something else than the
page's description; the next look stands where it fits the description no worse, or much better.
"""

from __future__ import annotations

from transforms.read.page.main_text import NONE, MainText, find_all_text
from transforms.read.page.page import Page
from transforms.read.page.trust import MIN_DESCRIBED, MIN_SHARE_OF_PROSE, MIN_TOLD, told_share

_MUCH = 0.3
_LITTLE = 0.05
"""Shares of the description's words: gained or lost."""


def look_again(page: Page) -> Page:
    """Return the page with the story of the second look where the first is in doubt and the second fits better.

    How sure the story is stays as the first look found it, so that doubt is shown.
    Cost: one share of the description's words on pages without doubt.
    """
    told = told_share(page, _text(page.story))
    is_beside = page.story.confidence < MIN_SHARE_OF_PROSE
    if not page.story.paragraphs or (told is not None and told >= (MIN_TOLD if is_beside else MIN_DESCRIBED)):
        return page
    if told is None and not is_beside:
        return page
    story = _choose(page, told or 0.0, is_beside=is_beside)
    return page._replace(story=story._replace(confidence=page.story.confidence)) if story.paragraphs else page


def _choose(page: Page, told: float, *, is_beside: bool) -> MainText:
    title = None if page.title is None else page.title.text
    every, whole = (find_all_text(page.outline, title, with_furniture=spared) for spared in (False, True))
    in_every, in_whole = (told_share(page, _text(story)) or 0.0 for story in (every, whole))
    if in_whole > told + _MUCH and in_whole > in_every + _LITTLE:
        return whole
    if in_every > told + _MUCH or (is_beside and in_every >= told - _LITTLE):
        return every
    return NONE


def _text(story: MainText) -> str:
    return "\n".join(story.paragraphs)
