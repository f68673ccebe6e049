"""Headlines: title-like lines above the story. The first is the headline, further ones are the standfirst."""

from __future__ import annotations

import re

from transforms.clean.draft import Draft, Taken
from transforms.clean.paragraphs import is_prose, is_title_like

STEP = "headline"

_MAX_LINES = 3
"""More title-like lines in a row are a list or a poem, not a headline with its standfirst."""
_MIN_STANDFIRST_WORDS = 6
_LABEL = re.compile(r"\b(?:photo|photograph|picture|image|credit|getty|file)\b|[|•]|\d{1,2}:\d\d", re.IGNORECASE)
_SITE = re.compile(r"\s(?:\||[–—-])\s(?P<site>[^|–—]{2,40})$")
_SITE_WORD = re.compile(
    r"\b(?:news|times|post|herald|daily|tribune|guardian|gazette|journal|chronicle|mail|mirror|star|sun|telegraph|"
    r"standard|observer|press|today|online|tv|radio|magazine|review|cnn|bbc|reuters|bloomberg|nachrichten|zeitung)\b|"
    r"\.(?:com|net|org|co\.uk|de|fr|es|it|nl|pt)\b",
    re.IGNORECASE,
)
_MAX_SITE_WORDS = 5


def take_headline(draft: Draft) -> Draft:
    """Return the draft without the title-like lines above its first paragraph that is none.

    A page without any paragraph that tells something (a poem, a list) has no headline.
    """
    texts = [paragraph.text for paragraph in draft.paragraphs]
    lines = next((index for index, text in enumerate(texts) if not is_title_like(text)), len(texts))
    if not 1 <= lines <= _MAX_LINES or not any(map(is_prose, texts[lines:])):
        return draft
    has_headline = any(removal.reason == "moved_to_headline" for removal in draft.removals)
    taken = {index: Taken(STEP, _reason_below(texts[index])) for index in range(lines)}
    if not has_headline:
        taken[0] = Taken(STEP, "moved_to_headline")
    return draft.without(taken)


def _reason_below(line: str) -> str:
    """Return what a title-like line under the headline is: the standfirst, or a name, caption or label of the page."""
    is_standfirst = len(line.split()) >= _MIN_STANDFIRST_WORDS and _LABEL.search(line) is None
    return "moved_to_description" if is_standfirst else "line_under_headline"


def without_site(line: str) -> str:
    """Return a headline without the name of the site behind a bar or dash."""
    match = _SITE.search(line)
    if match is None or len(match["site"].split()) > _MAX_SITE_WORDS or not match["site"][:1].isupper():
        return line
    is_site = "|" in match.group() or _SITE_WORD.search(match["site"]) is not None
    return line[: match.start()].rstrip() if is_site else line
