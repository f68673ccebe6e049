"""Sections: the breadcrumb above a headline, glued to it or not, and the section's name alone on a line."""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.clean.draft import Cut, Draft
from transforms.clean.vocabulary import to_key, vocabulary
from transforms.clean.zones import Zone

STEP = "section"

_MAX_CHARS = 400
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
_TITLES_BELOW = 3
"""How many paragraphs below a breadcrumb may repeat the title that is glued to it."""
_MAX_CRUMB_WORDS = 3
_MIN_TITLE_WORDS = 3
_MAX_PREFIX_WORDS = 8
_STRONG_SEPARATOR = re.compile(r"\s*(?:[›»→]|>{1,2}|::)\s*")
_SEPARATOR = re.compile(r"\s*(?:[›»→]|>{1,2}|::)\s*|\s+[/|·•\\–-]\s+|(?<=\w)/(?=[A-Z])")
_GLUE = re.compile(r"(?<=[^\W\d_])(?<=[a-zà-öø-ÿß])(?=[A-Z\u00c0-\u00de“‘\"])")
_OPENS_TITLE = re.compile(r"[A-Z\u00c0-\u00de“‘\"\d]")
_NAME_GLUE = re.compile(r"(?:\b(?:Mc|Mac|De|Di|Du|La|Le|Van|Fitz|O’|i))$")


class _Crumb(NamedTuple):
    """A word of a breadcrumb and its span in the paragraph."""

    text: str
    start: int
    end: int


def find_section_line(text: str, zone: Zone) -> str | None:
    """Return the reason for taking a line above the story that is a section's name alone, or None."""
    if text.count(" ") >= _MAX_CRUMB_WORDS:
        return None
    key = to_key(text)
    if key in vocabulary().home:
        return "breadcrumb"
    return "moved_to_section" if key in vocabulary().sections else None


def take_breadcrumb(draft: Draft) -> Draft:
    """Return the draft without the breadcrumb on its first line; a title glued to it stays as the first paragraph."""
    while draft.paragraphs and len(draft.paragraphs[0].text) <= _MAX_CHARS:
        line, *below = (paragraph.text for paragraph in draft.paragraphs[: _TITLES_BELOW + 1])
        rest = " ".join(paragraph.text for paragraph in draft.paragraphs[1:]) if _find_home(line) else ""
        cuts = _separated_cuts(line, below) or _repeated_cuts(line, below) or _glued_cuts(line, rest)
        if not cuts:
            break
        draft = draft.cutting(0, cuts, STEP)
    return draft


def _separated_cuts(line: str, below: list[str]) -> tuple[Cut, ...]:
    """Return what to cut of "Home › World › Europe", with or without a title as the last crumb."""
    crumbs = _to_crumbs(line)
    if len(crumbs) < 2 or not _is_trail(line, crumbs):
        return ()
    last = crumbs[-1]
    repeated = any(to_key(title).startswith(to_key(last.text)) for title in below if to_key(last.text))
    is_title = to_key(last.text) not in vocabulary().sections and (
        repeated or len(last.text.split()) > _MAX_CRUMB_WORDS
    )
    sections = [crumb for crumb in (crumbs[:-1] if is_title else crumbs) if not _is_home(crumb.text)]
    end = len(line)
    if is_title and not last.text.rstrip().endswith(("…", "...")):
        end = last.start
    return _cuts(sections[-1] if sections else None, end)


def _is_trail(line: str, crumbs: list[_Crumb]) -> bool:
    short = all(len(crumb.text.rpartition(":")[2].split()) <= _MAX_CRUMB_WORDS for crumb in crumbs[:-1])
    if not short:
        return False
    known = to_key(crumbs[0].text) in vocabulary().sections and _STRONG_SEPARATOR.search(line) is not None
    return _is_home(crumbs[0].text) or known


def _is_home(text: str) -> bool:
    label, _, word = text.rpartition(":")
    return to_key(word) in vocabulary().home or to_key(label or word) in vocabulary().breadcrumb_labels


def _to_crumbs(line: str) -> list[_Crumb]:
    crumbs: list[_Crumb] = []
    start = 0
    for separator in _SEPARATOR.finditer(line):
        crumbs.append(_Crumb(line[start : separator.start()], start, separator.start()))
        start = separator.end()
    crumbs.append(_Crumb(line[start:], start, len(line)))
    return [crumb for crumb in crumbs if crumb.text.strip()]


def _repeated_cuts(line: str, below: list[str]) -> tuple[Cut, ...]:
    """Return what to cut before a title that a paragraph below repeats: "HomeWorldTitle", then "Title"."""
    half = len(line) // 2
    if line[:half] == line[half:] and len(line[:half].split()) >= _MIN_TITLE_WORDS:
        return (Cut(0, half, "repeated_headline"),)
    for title in below:
        start = len(line) - len(title)
        glued = start > 0 and not line[start - 1].isspace() and _is_same(line[start:], title)
        if glued and len(title.split()) >= _MIN_TITLE_WORDS:
            if _is_same(line[:start], title):
                return (Cut(0, start, "repeated_headline"),)
            if len(line[:start].split()) <= _MAX_PREFIX_WORDS:
                return _prefix_cuts(line, start)
    return ()


def _is_same(text: str, title: str) -> bool:
    """Return whether two prints of a title differ in nothing but case and the shape of quotation marks."""
    return text.translate(_STRAIGHT).lower() == title.translate(_STRAIGHT).lower()


def _glued_cuts(line: str, rest: str) -> tuple[Cut, ...]:
    """Return what to cut of "HomeSportTitle" where nothing repeats the title.

    A first word that the story uses again (HomePod) is a name, not a breadcrumb.
    """
    home = _find_home(line)
    if home == 0 or re.search(rf"\b{re.escape(line.split()[0])}\b", rest):
        return ()
    start = _skip_known_sections(line, home)
    start = _skip_short_crumbs(line, home) if start == home else start
    if len(line[start:].split()) < _MIN_TITLE_WORDS:
        return ()
    return _prefix_cuts(line, start)


def _prefix_cuts(line: str, title_start: int) -> tuple[Cut, ...]:
    """Return the cuts of a glued breadcrumb that ends where the title starts; its last crumb is the section."""
    home = _find_home(line)
    glues = [match.start() for match in _GLUE.finditer(line, home, title_start) if home < match.start() < title_start]
    start = max([home, *glues])
    section = line[start:title_start].strip(" ›»>/|-–:")
    if not section:
        return _cuts(None, title_start)
    at = line.index(section, start)
    return _cuts(_Crumb(section, at, at + len(section)), title_start)


def _cuts(section: _Crumb | None, end: int) -> tuple[Cut, ...]:
    """Return cuts that cover the line up to `end`, the section's name as one of its own."""
    if section is None:
        return (Cut(0, end, "breadcrumb"),)
    parts = (
        Cut(0, section.start, "breadcrumb"),
        Cut(section.start, section.end, "moved_to_section"),
        Cut(section.end, end, "breadcrumb"),
    )
    return tuple(cut for cut in parts if cut.start < cut.end)


def _find_home(line: str) -> int:
    """Return where the word for the home page ends that is glued to the line's start, or 0."""
    match = vocabulary().glued_home.match(line)
    return 0 if match is None or not line[0].isupper() else match.end()


def _skip_known_sections(line: str, start: int) -> int:
    """Return where the names of sections end that follow each other, glued, from `start` on."""
    names = vocabulary().longest_sections
    while True:
        ends = (start + len(name) for name in names if line[start : start + len(name)].lower() == name)
        glued = next((end for end in ends if _OPENS_TITLE.match(line, end)), None)
        if glued is None:
            return start
        start = glued


def _skip_short_crumbs(line: str, start: int) -> int:
    """Return where the title starts behind glued crumbs of a few words each; a title has more."""
    while True:
        glues = (match.start() for match in _GLUE.finditer(line, start + 1))
        glue = next((place for place in glues if not _is_name(line, place)), None)
        if glue is None or len(line[start:glue].split()) > _MAX_CRUMB_WORDS:
            return start
        start = glue


def _is_name(line: str, glue: int) -> bool:
    return _NAME_GLUE.search(line[:glue]) is not None
