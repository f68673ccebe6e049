"""What holds for every text that is cleaned."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.clean import clean
from transforms.clean.mojibake import mend
from transforms.identity import to_id
from transforms.rows import NO_LINES, Cleaned, Reading, Rejected, RepeatedLines

VOCABULARY = """the harbour strike ended on Monday Mara Tolland said cranes “we were lucky,” (AP) — 4 percent U.S. Mr.
Vane Home World By Jane Doe Source: Reuters Copyright 2024 © Read more: Share all rights reserved. end. Why? » « Ltd.
itâ€™s cafÃ© Ã©tÃ© Ã voilÃ Â£40 Ã‚Â© it\x92s Ă�frica РљС‚Рѕ É’ »Ä« été\u00a0» â€œgone.â€\x9d"""
WORDS = st.sampled_from(VOCABULARY.split())
PROSE = st.lists(WORDS, min_size=8, max_size=30).map(lambda words: " ".join(words).capitalize() + ".")
REPEATED_LINES = [
    "The Courier is a member of the Valley Press Group.",
    "Told since the bridge was built",
    "Roses are red",
    "itâ€™s all in the Courier",
]
"""Lines that may recur in the source, so that the line table lists them."""
LINES = st.sampled_from(
    [
        *REPEATED_LINES,
        "Leave a Comment",
        "Harbour strike ends after five days",
        "Harbour strike ends after five days | Port Elms News",
        "HomeWorld NewsHarbour strike ends after five days",
        "HomeHomeHarbour strike ends",
        "Home › World › Europe",
        "Home / News / Harbour strike ends after five days",
        "Source: OBN",
        "(With inputs from AFP)",
        "Part of the article was reported by Meridian Press.",
        "By Jane Doe",
        "By JANE DOE, Staff Writer | March 3, 2024",
        "Published: March 3, 2024 10:30 GMT",
        "© 2024 The Example Times. All rights reserved.",
        "Copyright 2023 Quay Media Inc. All rights reserved. This may not be published.",
        "ADVERTISEMENT",
        "Read also: Five days without cranes",
        "Related articles",
        "World",
        "The dockers want a veto",
        "They were wait at the gate for hours.They were waiting at the gate for hours.",
        "A twin of its own kind stands here.A twin of its own kind stands here.A twin of its own kind stands here.",
        "- a list item",
        "* * *",
        "“We will not go”",
        "Home â€º World â€º Europe",
        "By JosÃ© DoÃ«",
        "Â© 2024 The Example Times. All rights reserved.",
        "Roses are red",
        "So are you.",
        "Why now?",
        "Background",
    ]
)
BREAKS = st.sampled_from(["\n", "\n\n", "\r\n", "\n \n", "\n\n\n\n", " \n\t", "\u2028"])
WRAPPED = PROSE.map(lambda text: _wrap(text + " " + text, 60))
PARAGRAPHS = st.lists(st.tuples(st.one_of(LINES, PROSE, WRAPPED), BREAKS), max_size=12)
PAGES = PARAGRAPHS.map(lambda parts: "".join(text + after for text, after in parts))
ANY_TEXT = st.one_of(PAGES, st.text(max_size=300))
HASHES = st.frozensets(st.sampled_from([to_id(mend(line).text.encode()) for line in REPEATED_LINES]))
REPEATED = st.builds(RepeatedLines, st.just(1), HASHES, HASHES)


def _wrap(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = (lines[-1] + " " + word).strip()
    return "\n".join(lines)


def _bare(text: str) -> str:
    return "".join(text.split())


def _cleaned(text: str, repeated: RepeatedLines = NO_LINES) -> Cleaned | None:
    outcome = clean(Reading(text), repeated)
    return None if isinstance(outcome, Rejected) else outcome


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT, REPEATED)
@example(
    "HomeWorld NewsHarbour strike ends after five days\n\nHarbour strike ends after five days\n\nIt is over.", NO_LINES
)
def test_body_and_removals_account_for_every_character_but_whitespace(text: str, repeated: RepeatedLines) -> None:
    cleaned = _cleaned(text, repeated)
    if cleaned is None:
        return

    left, at = "", 0
    for removal in cleaned.removals:
        assert removal.start >= at, "removals overlap or are out of order"
        assert removal.text == text[removal.start : removal.end]
        left += text[at : removal.start] + (removal.replacement or "")
        at = removal.end
    left += text[at:]

    assert _bare(left) == _bare(cleaned.body)


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT, REPEATED)
def test_cleaning_twice_equals_cleaning_once(text: str, repeated: RepeatedLines) -> None:
    once = _cleaned(text, repeated)
    if once is None:
        return

    twice = _cleaned(once.body, repeated)

    assert twice is not None
    assert twice.body == once.body
    assert twice.removals == ()
    assert twice.subheads == once.subheads


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT)
def test_the_same_text_is_cleaned_to_the_same_article(text: str) -> None:
    assert clean(Reading(text)) == clean(Reading(text))


@settings(max_examples=100, deadline=None)
@given(PAGES)
def test_a_body_has_no_blank_paragraph_and_no_space_at_the_ends_of_one(text: str) -> None:
    cleaned = _cleaned(text)
    if cleaned is None:
        return

    paragraphs = cleaned.body.split("\n\n")

    assert all(paragraph and paragraph == paragraph.strip() and "\n" not in paragraph for paragraph in paragraphs)


@pytest.mark.parametrize("text", ["", "\n", "Leave a Comment", "-----\n\n* * *", "12 34", "© 2024 The Example Times"])
def test_a_page_without_a_story_is_rejected_with_its_reason(text: str) -> None:
    outcome = clean(Reading(text))

    assert isinstance(outcome, Rejected)
    assert outcome.reason == "clean.no_story_text"


CHARS = 60_000
MONSTERS = {
    "one word a line": "null\n",
    "glued words": "word.Word",
    "glued capitals": "A.B.C.D.",
    "glued sentences": "The council of the town voted.",
    "different sentences, glued": "This is a sentence of words.Another one is glued to it.",
    "opening brackets": "(",
    "capitals": "A ",
    "titles": "Harbour strike ends today\n",
    "glued buttons": "Story.Leave a Comment.",
    "furniture": "ADVERTISEMENT\n",
    "one long line of spaces": " ",
    "hand-wrapped lines": "word " * 12 + "\n",
    "names": "By Jane Doe, Rui Costa and ",
    "crumbs": "Home > World > ",
}


@pytest.mark.parametrize("about", MONSTERS)
def test_no_text_makes_a_rule_run_wild(about: str) -> None:
    text = (MONSTERS[about] * CHARS)[:CHARS]
    started = time.process_time()

    clean(Reading("The story starts here.\n" + text))
    for length in (100, 200, 240, 390):
        clean(Reading("The story is told here.\n\n" + text[:length]))
        clean(Reading(text[:length] + "\n\nThe story is told here."))

    assert time.process_time() - started < 3
