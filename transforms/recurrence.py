"""Recurrence: which of the lines that a source prints again and again may be its page's, not its writers'.

The counts are the warehouse's; this is what only the words can say.
"""

from __future__ import annotations

import re

from transforms.clean.mojibake import mend
from transforms.clean.paragraphs import has_final_mark
from transforms.clean.repeated_lines import to_line
from transforms.extract.dateline import find_dateline

MAX_CHARS = 600
"""A longer paragraph is told by somebody."""
LONG_WORDS = 25
"""From so many words on a line may be a background paragraph of an agency; see the setting `lines.long_share`."""
_MIN_HEAD_WORDS = 4
"""Shorter first lines without a full stop are places, kickers and labels such as "Key points"."""
_OPENS_SPEECH = frozenset("“\"«„‘'")
_MAX_WORDS = 16
_WORD = re.compile(r"[^\W\d_]{4,}")


def may_be_furniture(line: str, place: str) -> bool:
    """Return whether a line that recurs at `place` (`head` or `foot`) may be taken for boilerplate at all.

    What somebody says never is, nor is a dateline, nor a short label above a story.
    """
    if len(line) > MAX_CHARS or line[:1] in _OPENS_SPEECH:
        return False
    if place == "foot":
        return True
    is_label = len(line.split()) < _MIN_HEAD_WORDS and not has_final_mark(line)
    return not is_label and find_dateline(line) is None


def is_long(line: str) -> bool:
    """Return whether a line is as long as a paragraph of a story."""
    return len(line.split()) >= LONG_WORDS


def to_words(line: str) -> list[str]:
    """Return the different words by which it is known whether a line is about its article: lower case, at most 16."""
    return list(dict.fromkeys(_WORD.findall(line.lower())))[:_MAX_WORDS]


def to_printed_line(removed: str) -> str:
    """Return the line of a body that a removal's text is of: without its mojibake, joined where it was wrapped."""
    return to_line(mend(removed).text)
