"""The authors of a page: JSON-LD, meta elements, links and bylines, taken apart into names.

Better none than a wrong one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from transforms.clean.rights import find_notice_line
from transforms.clean.zones import Zone
from transforms.extract.byline import to_spoken
from transforms.read.page.blocks import Mark
from transforms.read.page.names import is_site, to_folded
from transforms.read.page.page import Page
from transforms.read.page.tree import Element
from transforms.read.page.vocabulary import page_words
from transforms.read.page.word_files import word_list


class Byline(NamedTuple):
    """Who signs, and where it was found; `printed` is the line as the page shows it, where it does."""

    names: tuple[str, ...]
    method: str
    confidence: float
    printed: str | None = None


class _Printed(NamedTuple):
    """A line that the page calls a byline; `at` is the number of blocks before it."""

    text: str
    method: str
    at: int


_METAS = word_list("metas", "authors")
_MAX_LINE_CHARS = 200
_MAX_SIGNED_CHARS = 120
_NEAR_BLOCKS = 8
_BELOW_BLOCKS = 40
_BESIDE_BLOCKS = 1
_MAX_ENDING = 3
_MAX_NAME_WORDS = 6
_MAX_NAME_CHARS = 60
_MAX_NAMES = 12
_MAX_ABBREVIATION_CHARS = 3
_MAX_SLASHES = 3
"""More of them divide sections or tags, not names."""
_ADDRESS = re.compile(
    r"https?:|www\.|@\w|\w@|[<>{}=_#©\[\]\\]|\d{3}|\.(?:com|html?|php|aspx?)\b|\w\s?:(?:\s|$)|\bCC[ -]BY\b"
    r"|\b(?:GmbH|Ltd|LLC|Inc)\b"
)
"""An address, a handle, a label with its colon, a licence, a firm: no name."""
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_DATE_TAIL = re.compile(
    r"\s*(?:[|•·,–—-]|\bon\b|\bam\b|\bvom\b|\ble\b|\bel\b|\bil\b|\bop\b|\bem\b)?\s*(?:\w+,\s*)?"
    r"(?<!\w)(?:\d{1,2}[./ ]|\d{4}[-/]|[A-Z][a-z]{2,8}\.? \d{1,2},? (?:19|20)\d\d).*$"
)
_DATE_HEAD = re.compile(
    r"[^|]{0,30}?\d[^|]{0,10}?\b(?:19|20)\d\d\b(?:\W+\d{1,2}[:.h]\d\d(?: ?(?:[ap]\.?m\.?|Uhr|h))?)?\W{1,5}"
)
"""The date before a byline: "May 17, 2011 by Jane Doe"."""
_SECTION = re.compile(r"^[^\W\dA-Z_]+\s+(?=(?:by|von|par|por|di|door)\s+[A-Z])")
"""A section's name before the byline itself: "capital von Jane Doe"."""
_KIND = re.compile(r"^(?:[^\W\d_]+\s+){1,3}(?=by\s+[A-Z])|^(?:[^\W\d_]+\s+){1,3}(?=By\s)")
"""What was written before the byline itself: "News By Jane Doe"."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_MAX_DATE_CHARS = 60
_LINK = re.compile(r"(?:https?:)?//|www\.", re.IGNORECASE)
_LINKS = re.compile(r"\s*(?:https?://|www\.)\S+", re.IGNORECASE)
_EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,6}")
"""A name in Chinese, Japanese or Korean: two to six signs, without a space between first and last name."""
_COMMENT = re.compile(r"comment|kommentar|comentario|reply|replies|respond|reaction|related|teaser", re.IGNORECASE)
_INITIAL = re.compile(r"(?<![^\s.])[A-Z]$")
_LETTER = re.compile(r"[^\W\d_]")
_DASH = re.compile(r"\s+[–—-]+\s+|\s+@\s+")
_PARTICLES = frozenset(
    re.findall(
        r"\S+",
        "'t af al av bin bint d' da das de degli del della dello den der di do dos du e el i ibn in la le los"
        " mac o of op san te ten ter the und van vom von y zu zur",
    )
)
_ARTICLE_WORDS = frozenset(["der", "die", "das", "the", "a", "an", "le", "la", "les", "el", "los", "il", "lo", "de"])


def find_byline(page: Page) -> Byline | None:
    """Return who signed the page's story, or None."""
    found = next((byline for byline in _candidates(page) if byline.names), None)
    if found is None:
        return None
    found = found._replace(names=tuple(map(_to_spoken, found.names)))
    if len(found.names) == 1:
        return found
    people = tuple(name for name in found.names if not is_site(name, page.sites))
    return found._replace(names=people) if people else found


def split_people(line: str, *, lone_words: bool = True, jobs: bool = True) -> tuple[str, ...]:
    """Return the names in a byline; none where nothing in it is a name.

    Without `lone_words` a name has a first and a last part; without `jobs` it may hold a word for a job.
    """
    text = html.unescape(line) if "&" in line else line
    text = " ".join(text.replace("\u00ad", "").split())
    if not text or len(text) > _MAX_LINE_CHARS or _LINK.match(text) or text.count("/") > _MAX_SLASHES:
        return ()
    words = page_words()
    text = _KIND.sub("", _SECTION.sub("", _BRACKETS.sub("", _LINKS.sub("", text))))
    for _ in range(2):
        text = words.by.sub("", text.strip(" :,|–—-•·"), count=1)
    text = _DATE_TAIL.sub("", text)
    names: dict[str, str] = {}
    for part in words.joins.split(text):
        name = _to_name(part, lone_words=lone_words)
        if name is not None and (jobs or names) and words.jobs.search(name):
            continue
        if name is not None:
            names.setdefault(to_folded(name), name)
    return tuple(names.values())[:_MAX_NAMES]


def _candidates(page: Page) -> Iterator[Byline]:
    """Yield who may have signed, the surest first."""
    sites = page.sites
    structured = () if page.article is None else page.article.authors
    people = Byline(
        _joined((each.name for each in structured if each.type != "organization"), jobs=False), "json_ld", 0.95
    )
    organisations = Byline(_joined(agent.name for agent in structured if agent.type == "organization"), "json_ld", 0.6)
    named = [people, *_metas(page)]
    yield from (each for each in named if _is_full(each, sites))
    printed = [*_printed(page)]
    yield from (each._replace(confidence=0.7) for each in named if _is_printed(each, printed, page))
    yield _together(printed, lone_words=False, confidence=0.75)
    yield from _signed_lines(page)
    yield _name_above(page)
    yield from (each._replace(confidence=0.7) for each in named if not any(is_site(name, sites) for name in each.names))
    yield organisations
    yield _last_line(page)
    yield _together(printed, lone_words=True, confidence=0.55)
    yield from (each._replace(confidence=0.5) for each in named)


def _together(printed: Sequence[_Printed], *, lone_words: bool, confidence: float) -> Byline:
    """Return the names of the byline next to the story and of those that stand beside it."""
    names: dict[str, str] = {}
    lines: list[_Printed] = []
    for each in printed:
        if lines and abs(each.at - lines[0].at) > _BESIDE_BLOCKS:
            continue
        found = split_people(each.text, lone_words=lone_words)
        if found:
            lines.append(each)
            for name in found:
                names.setdefault(to_folded(name), name)
    if not lines:
        return Byline((), "byline_element", confidence)
    longest = max(lines, key=lambda each: len(each.text))
    return Byline(tuple(names.values())[:_MAX_NAMES], longest.method, confidence, longest.text)


def _is_full(byline: Byline, sites: frozenset[str]) -> bool:
    """Return whether a byline names people with first and last names, not the site, an outlet or a user."""
    return any(
        ((" " in name and not _is_small(name)) or _EASTERN.fullmatch(name) is not None)
        and not is_site(name, sites)
        and page_words().outlets.search(name) is None
        for name in byline.names
    )


def _is_small(name: str) -> bool:
    """Return whether a name begins as no name does: "your wedding bloggers"; "van Gogh" is none."""
    return name[0].islower() and name.split()[0] not in _PARTICLES


def _is_printed(byline: Byline, printed: Sequence[_Printed], page: Page) -> bool:
    """Return whether all that data say is the byline right above the story, be it the name of a user."""
    above = next((each for each in printed if each.at <= page.story.start), None)
    if above is None or len(byline.names) != 1 or is_site(byline.names[0], page.sites):
        return False
    return to_folded(byline.names[0]) == to_folded(above.text)


def _metas(page: Page) -> Iterator[Byline]:
    for name in _METAS:
        if name in page.head.metas:
            yield Byline(_joined(page.head.metas[name]), f"meta:{name}", 0.85)
    for number in "12":
        label = page.head.first(f"twitter:label{number}")
        if label is not None and page_words().by.match(label):
            yield Byline(_joined(page.head.metas.get(f"twitter:data{number}", ())), f"meta:twitter:data{number}", 0.85)


def _printed(page: Page) -> Iterator[_Printed]:
    """Yield the texts of elements that are called bylines, those next to the story first."""
    marks = [mark for mark in page.outline.bylines if _is_near(page, mark.at) and not _is_in_comment(page, mark)]
    for mark in sorted(marks, key=lambda mark: _distance(page, mark)):
        text = _signed_text(mark.element)
        if text is not None and (page.title is None or to_folded(text) not in to_folded(page.title.text)):
            yield _Printed(text, "author_link" if mark.element.tag == "a" else "byline_element", mark.at)


def _is_near(page: Page, at: int) -> bool:
    start, end = page.story.start, page.story.end
    title = max((mark.at for mark in page.outline.titles if mark.at <= start), default=start)
    return start == end or min(title, start - _NEAR_BLOCKS) - 3 <= at <= end + _NEAR_BLOCKS


def _signed_lines(page: Page) -> Iterator[Byline]:
    """Yield the bylines that are lines of their own: "By Jane Doe" next to the story, "Author: Jane Doe" in it too."""
    start, end = page.story.start, page.story.end
    blocks = page.outline.blocks
    words = page_words()
    near = {*range(start - _NEAR_BLOCKS, start + 2), *range(end - 2, end + 3)}
    for index in range(max(start - _NEAR_BLOCKS, 0), min(end + _BELOW_BLOCKS, len(blocks))):
        text = blocks[index].text
        if len(text) > _MAX_SIGNED_CHARS:
            continue
        if index in near and words.by.match(text) is None and (date := _DATE_HEAD.match(text)) is not None:
            text = text[date.end() :]
        if words.author_label.match(text) or (index in near and words.by.match(text)):
            dated = _DATE_TAIL.search(text) is not None
            yield Byline(split_people(text, lone_words=dated and index in near), "byline_line", 0.65, text)


def _name_above(page: Page) -> Byline:
    """Return the name that is a line of its own above the story, beside the line with its date."""
    blocks = page.outline.blocks
    for index in range(max(page.story.start - 3, 0), page.story.start):
        text = blocks[index].text
        around = blocks[max(index - 1, 0) : index + 2]
        if len(text) <= _MAX_NAME_CHARS and any(
            _YEAR.search(each.text) and len(each.text) < _MAX_DATE_CHARS for each in around
        ):
            names = split_people(text, lone_words=False)
            is_name = len(names) == 1 and to_folded(names[0]) == to_folded(text) and not blocks[index].link_chars
            if is_name and (page.title is None or to_folded(text) not in to_folded(page.title.text)):
                return Byline(names, "line_above", 0.5, text)
    return Byline((), "line_above", 0.5)


def _last_line(page: Page) -> Byline:
    """Return the name that is all of the story's last line, but for notices: in much of Europe one signs below."""
    ending = reversed(page.story.paragraphs[-_MAX_ENDING:])
    text = next((text for text in ending if find_notice_line(text, Zone.TAIL) is None), "")
    names = split_people(text, lone_words=False) if len(text) <= _MAX_NAME_CHARS else ()
    is_name = len(names) == 1 and to_folded(names[0]) == to_folded(text) and len(page.story.paragraphs) > 3
    is_name = is_name and text[-1] not in ":!?…"
    return Byline(names if is_name else (), "last_line", 0.5, text)


def _is_in_comment(page: Page, mark: Mark) -> bool:
    node = mark.node
    while node >= 0:
        if page.outline.nodes[node].trait.is_out and _COMMENT.search(page.outline.nodes[node].names):
            return True
        node = page.outline.nodes[node].parent
    return _COMMENT.search(mark.element.get("class") or "") is not None


def _distance(page: Page, mark: Mark) -> int:
    """Return how far a byline stands from the story, in blocks; what stands below the story comes last."""
    start, end = page.story.start, page.story.end
    if mark.at <= start:
        return start - mark.at
    return _BELOW_BLOCKS + max(mark.at - end, 0) if mark.at >= end else 4


def _joined(lines: Iterable[str], *, jobs: bool = True) -> tuple[str, ...]:
    names: dict[str, str] = {}
    for line in lines:
        for name in split_people(line, jobs=jobs):
            names.setdefault(to_folded(name), name)
    return tuple(names.values())[:_MAX_NAMES]


def _to_name(part: str, *, lone_words: bool) -> str | None:
    """Return the name in one part of a byline, or None where it is a job, an address or nobody."""
    words = page_words()
    name = _DASH.split(part.strip())[0].strip(' .,:;|–—-•·*"“”„»«')
    name = words.by.sub("", name, count=1)
    name = f"{name}." if _INITIAL.search(name) and f"{name}." in part else name
    folded = " ".join(name.lower().split())
    if not name or folded in words.nobodies or len(name) > _MAX_NAME_CHARS or _ADDRESS.search(name):
        return None
    if len(name.split()) > _MAX_NAME_WORDS or len(_LETTER.findall(name)) < 2:
        return None
    if not lone_words and (" " not in name or not _is_capitalised(name)):
        return None
    return name


def _to_spoken(name: str) -> str:
    """Return a name in capitals as it is spoken of; one of short words stays, which may be that of an agency."""
    words = name.split()
    long = [word for word in words if word.endswith(".") or len(word) > _MAX_ABBREVIATION_CHARS]
    is_name = len(words) > 1 and 2 * len(long) > len(words) and page_words().outlets.search(name) is None
    return to_spoken(name) if is_name else name


def _is_capitalised(name: str) -> bool:
    words = [word for word in name.split() if word[0].isalpha()]
    capitals = [word for word in words if not word[0].islower()]
    particles = all(word in _PARTICLES for word in words if word[0].islower())
    return len(capitals) >= 2 and particles and words[0].lower() not in _ARTICLE_WORDS


def _signed_text(element: Element) -> str | None:
    """Return the line with the names in an element that is called a byline; None where it holds no such line.

    Its pieces are read from the first name on, as long as nothing but a comma or an "and" stands between two names.
    """
    pieces: list[str] = []
    chars = 0
    for text in element.itertext():
        bare = " ".join(text.split())
        if bare:
            pieces.append(bare)
            chars += len(bare)
        if chars > _MAX_LINE_CHARS:
            break
    line: list[str] = []
    is_open = True
    for piece in pieces:
        if page_words().between.fullmatch(piece):
            is_open = True
            line.append(piece)
        elif not is_open:
            break
        elif split_people(piece):
            line.append(piece)
            is_open = piece[-1] in ",&/|"
        elif line and split_people(" ".join(line)):
            break
    return " ".join(line) or None
