"""Clean: a reading becomes a body and its removals.

First the letters that an earlier program misread are restored. Steps then take text out and say why; none writes any.
What they leave is the writer's, letter by letter.
"""

from __future__ import annotations

from collections.abc import Callable

from transforms.clean.draft import Draft
from transforms.clean.encoding import to_receipts
from transforms.clean.headline import take_headline
from transforms.clean.lines import take_lines
from transforms.clean.mojibake import mend
from transforms.clean.paragraphs import split_paragraphs
from transforms.clean.repeated_lines import take_repeated_lines
from transforms.clean.repeats import take_glued_twins, take_repeated_headline, take_repeated_paragraphs
from transforms.clean.section import take_breadcrumb
from transforms.clean.subheads import find_subheads
from transforms.clean.tail import take_tail
from transforms.read.notices import NOTICE
from transforms.rows import NO_LINES, Cleaned, Reading, Rejected, RepeatedLines

STEPS: tuple[Callable[[Draft], Draft], ...] = (
    take_repeated_lines,
    take_breadcrumb,
    take_lines,
    take_repeated_lines,
    take_tail,
    take_repeated_headline,
    take_repeated_paragraphs,
    take_glued_twins,
    take_headline,
)
"""In order; they run until none finds anything, so that cleaning twice equals cleaning once.

Repeated lines are looked for outside and inside what rules know, before a first line can be taken for the headline."""

STRUCTURED_STEPS: tuple[Callable[[Draft], Draft], ...] = (
    take_repeated_lines,
    take_lines,
    take_tail,
    take_repeated_paragraphs,
    take_glued_twins,
)
"""For a story that its reader told from the page by markup: its first line is no headline, whatever it looks like."""

PARAGRAPH_BREAK = "\n\n"


def clean(reading: Reading, repeated: RepeatedLines = NO_LINES) -> Cleaned | Rejected:
    """Return the article's body and what was taken from the reading's text, or why there is no article.

    `repeated` is what the line table says of the source.
    """
    if NOTICE in reading.flags:
        return Cleaned(reading.text)
    mended = mend(reading.text)
    draft = Draft(mended.text, split_paragraphs(mended.text), repeated=repeated)
    found = -1
    while found < len(draft.removals):
        found = len(draft.removals)
        for step in STRUCTURED_STEPS if reading.structured else STEPS:
            draft = step(draft)
    paragraphs = [paragraph.text for paragraph in draft.paragraphs]
    body = PARAGRAPH_BREAK.join(paragraphs)
    if not any(character.isalpha() for character in body):
        return _reject_empty(reading.text, draft)
    removals = to_receipts(reading.text, mended, draft.removals)
    return Cleaned(body, find_subheads(paragraphs), removals, repeated.version)


def _reject_empty(text: str, draft: Draft) -> Rejected:
    reasons = ", ".join(sorted({removal.reason for removal in draft.removals})) or "nothing"
    detail = (
        f"no letter of a story is left of {len(text)} characters from character 0 on (taken: {reasons}); "
        "look at the file: where it does hold a story, a cleaning rule errs"
    )
    return Rejected("clean.no_story_text", detail)
