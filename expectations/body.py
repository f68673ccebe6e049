"""The body of an article: is it text, is it whole, and has the page left its marks on it?

Each test takes a body and says whether something is wrong; none looks at more than the body.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

SAMPLE_SLICES = 10
SLICE_CHARS = 50
MIN_SAMPLE = 20
"""Fewer characters or words are too few to tell text from noise."""
MAX_TOP_CHARACTER = 0.5
"""In text of any script the most frequent character takes less than a fifth."""
MAX_TOP_WORD = 0.5
MIN_LETTERS = 0.15
"""Tables of quotations have a quarter letters; binary data, rules and figures alone have less than a tenth."""
MAX_UNREADABLE = 0.1
ERROR_PAGE_MAX_CHARS = 600
"""A page that tells an error or asks for consent says little else."""
REPEATED_MIN_CHARS = 60
"""Short paragraphs, "Yes." or a sub-head, may come twice."""
LONG_PARAGRAPH_CHARS = 6_000
"""A thousand words without a break: newspapers break after 30 to 100."""

_MOJIBAKE = re.compile("[ÂÃ][\x80-\xbf]|â€")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MARKUP = re.compile(
    r"</?(?:p|div|span|a|br|img|script|style|td|tr|li|ul|ol|h[1-6]|strong|em|iframe|figure)\b[^<>]{0,300}>"
    r"|&(?:nbsp|amp|quot|lt|gt|apos|#\d{2,5}|#x[0-9a-f]{2,5});"
    r"|\{\{.{1,80}\}\}|\[/?[a-z_]+ [a-z]+=",
    re.IGNORECASE,
)
_ERROR_PAGE = re.compile(
    r"page (?:was )?not found|404 error|error 404|access (?:to this page has been )?denied|403 forbidden"
    r"|(?:enable|turn on|requires?) (?:javascript|cookies)|(?:verify|confirm) (?:that )?you are (?:a )?human"
    r"|are you a robot|not available in your (?:region|country)|subscribe (?:now )?to (?:continue|keep) reading"
    r"|unusual traffic|we use cookies",
    re.IGNORECASE,
)
_CUT_SHORT = re.compile(
    r"(?:\.\.\.|…|\[(?:\.\.\.|…)\]|\[\+\d+ chars\]|\b(?:read|show|see) more\W?|\bcontinue reading\W*)\s*\Z",
    re.IGNORECASE,
)
TAIL_CHARS = 80


def is_not_text(body: str) -> bool:
    """Return whether `body` is mostly one character, one word, figures and signs, or bytes that are no characters."""
    characters = [character for character in _sample(body) if not character.isspace()]
    if len(characters) < MIN_SAMPLE:
        return False
    counts = Counter(characters)
    total = len(characters)
    unreadable = sum(count for character, count in counts.items() if character == "\ufffd" or _is_control(character))
    letters = sum(count for character, count in counts.items() if unicodedata.category(character)[0] in "LM")
    return (
        max(counts.values()) > MAX_TOP_CHARACTER * total
        or unreadable > MAX_UNREADABLE * total
        or letters < MIN_LETTERS * total
        or _is_one_word(body)
    )


def has_damaged_encoding(body: str) -> bool:
    """Return whether characters were lost or decoded twice: U+FFFD, `â€™` for an apostrophe, control characters."""
    if _CONTROLS.search(body):
        return True
    return not body.isascii() and ("\ufffd" in body or _MOJIBAKE.search(body) is not None)


def has_markup(body: str) -> bool:
    """Return whether tags, entities or shortcodes of the page are left in `body`."""
    return ("<" in body or "&" in body or "{{" in body or "[" in body) and _MARKUP.search(body) is not None


def is_error_page(body: str) -> bool:
    """Return whether `body` is short and tells an error, a consent wall or a paywall in place of a story."""
    return len(body) <= ERROR_PAGE_MAX_CHARS and _ERROR_PAGE.search(body) is not None


def is_cut_short(body: str) -> bool:
    """Return whether `body` ends as teasers end: with an ellipsis, "Read more" or "[+1234 chars]"."""
    return _CUT_SHORT.search(body[-TAIL_CHARS:]) is not None


def repeats_paragraph(body: str) -> bool:
    """Return whether a paragraph of at least REPEATED_MIN_CHARS comes twice."""
    paragraphs = [paragraph for paragraph in body.split("\n\n") if len(paragraph) >= REPEATED_MIN_CHARS]
    return len(set(paragraphs)) < len(paragraphs)


def has_lost_paragraphs(body: str) -> bool:
    """Return whether a paragraph is so long that breaks must have been lost."""
    return len(body) > LONG_PARAGRAPH_CHARS and any(len(part) > LONG_PARAGRAPH_CHARS for part in body.split("\n\n"))


def count_paragraphs(body: str) -> int:
    """Return how many paragraphs `body` has; they are joined by one blank line."""
    return body.count("\n\n") + 1 if body else 0


def _sample(body: str) -> str:
    """Return slices from all over `body`, so that the tests cost the same for a brief and for a book."""
    if len(body) <= SAMPLE_SLICES * SLICE_CHARS:
        return body
    step = len(body) // SAMPLE_SLICES
    return "".join(body[start : start + SLICE_CHARS] for start in range(0, step * SAMPLE_SLICES, step))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"


def _is_one_word(body: str) -> bool:
    words = body[:4_000].split()
    return len(words) >= MIN_SAMPLE and Counter(words).most_common(1)[0][1] > MAX_TOP_WORD * len(words)
