"""Extract: all that an article's row says beside its body, each value with what proves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from transforms.extract.address import extract_address
from transforms.extract.byline import extract_byline
from transforms.extract.choice import Choice, choose
from transforms.extract.dateline import extract_dateline
from transforms.extract.headline import extract_headline
from transforms.extract.info_sources import extract_info_sources
from transforms.extract.language import extract_language
from transforms.extract.not_yet import without_future
from transforms.extract.publication import extract_publication
from transforms.extract.rights import extract_rights
from transforms.extract.section import extract_section
from transforms.rows import Found, Story

Extractor = Callable[[Story], tuple[Found, ...]]

EXTRACTORS: tuple[Extractor, ...] = (
    extract_headline,
    extract_byline,
    extract_dateline,
    extract_publication,
    extract_info_sources,
    extract_rights,
    extract_section,
    extract_address,
    extract_language,
)
"""In order: each sees in `Story.found` what placement, the format and those before it found."""


def extract(story: Story) -> Choice:
    """Return the best value for each column, and the flags that finding them raised."""
    placed = story.arrival.placement
    story = replace(story, found=(*placed.found, *story.reading.found, *story.found))
    for extractor in EXTRACTORS:
        story = replace(story, found=(*story.found, *extractor(story)))
    return choose(without_future(story.found, story.arrival.received_at), placed)
