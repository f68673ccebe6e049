"""Extract: all that an article's row says beside its body, each value with what proves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from transforms.extract.address import extract_address
from transforms.extract.byline import extract_byline
from transforms.extract.calibration import calibrate
from transforms.extract.choice import Choice, choose
from transforms.extract.dateline import extract_dateline
from transforms.extract.headline import extract_headline
from transforms.extract.info_sources import extract_info_sources
from transforms.extract.language import extract_language
from transforms.extract.mended import mend_value
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
    """Return the best value for each column, and the flags that finding them raised.

    Confidences of pages are the measured shares of right values, those of other formats what the format is worth.
    """
    candidates = find_candidates(story)
    choice = choose(candidates, story.arrival.placement)
    return choice._replace(values=calibrate(choice.values, candidates)) if story.reading.structured else choice


def find_candidates(story: Story) -> tuple[Found, ...]:
    """Return all values that placement, the format and the extractors found, none from the future."""
    read = map(mend_value, story.reading.found)
    story = replace(story, found=(*story.arrival.placement.found, *read, *story.found))
    for extractor in EXTRACTORS:
        found = extractor(story)
        if found:
            story = replace(story, found=(*story.found, *found))
    return tuple(without_future(story.found, story.arrival.received_at))
