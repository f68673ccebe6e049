"""When a page was published: structured data, meta elements, time elements, the line that says so, the address.

Precision and zone are kept as printed. A copyright year is no date, nor is one that has not come yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from transforms.instants import Instant
from transforms.read.page.date_text import is_same_elsewhere, may_be_dated, read_given, to_instant, to_swapped
from transforms.read.page.head import Head
from transforms.read.page.names import page_address
from transforms.read.page.page import Page
from transforms.read.page.tree import Element, to_text
from transforms.read.page.vocabulary import page_words
from transforms.read.page.word_files import word_list


class Publication(NamedTuple):
    """A date of publication and where it was found."""

    instant: Instant
    method: str
    confidence: float


class _Place(NamedTuple):
    """Where the story stands among the blocks, and how the page writes days and months in digits."""

    start: int
    end: int
    top: int
    """The first block of what stands above the story."""
    month_first: bool
    read: dict[Element, Publication | None]
    """What elements that are called dates say, as far as they were asked."""


_PUBLISHED_METAS = word_list("metas", "published")
_VAGUE_METAS = word_list("metas", "vague")
"""Metas that say what kind of date they are only by custom."""
_MODIFIED_METAS = word_list("metas", "modified")
_LESSER_METAS = word_list("metas", "lesser")
_URL_DAY = re.compile(
    r"/(?P<year>(?:19|20)\d\d)[/-]?(?P<month>0[1-9]|1[0-2])[/-]?(?P<day>0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
)
_URL_DAY_LOOSE = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[/_-](?P<month>0?[1-9]|1[0-2])[/_-](?P<day>0?[1-9]|[12]\d|3[01])(?!\d)"
)
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_ELEMENT_CHARS = 160
_MAX_LINES = 1_000
_REST_CHARS = 90
_OPENING_CHARS = 60
_NEAR_BLOCKS = 6
_NEAR = 0.7
_LABELLED = 0.85
"""Confidence of an element that is called the date of publication."""
_NEAR_LINE = 0.55
_LINE_CHARS = 200
_LABEL_CHARS = 40
"""A line with a label is no longer than its date and this, unless it is a sentence."""
_STOPS = (".", "!", "?")
_TITLED = 0.65
_DESCRIBED = 0.25
_BAR = re.compile(r"\s[|·•]\s")
_MAX_PARTS = 10
_BUILD = timedelta(hours=1)
"""Between the times of change and of publication that one program wrote into a page."""
_EARLIEST = date(1990, 1, 1)


def find_publications(page: Page) -> Iterator[Publication]:
    """Yield the dates of publication that a page gives, the surest first; what nobody asks for is not looked for."""
    place = _to_place(page)
    structured = [*_structured(page)]
    if structured:
        near = [
            each
            for each in (*_shown(page, place, near=True), *_from_address(page), *_lines(page, place, near=True))
            if _is_near(each)
        ]
        near.sort(key=lambda each: -each.confidence)
        yield _printed_instead(page, place, structured[0], near) or _in_local_time(structured, near)
        yield from structured
    yield from _surest_first(
        (0.85, lambda: _shown(page, place, near=False)),
        (0.77, lambda: _from_address(page)),
        (0.72, lambda: _lines(page, place, near=False)),
        (_TITLED, lambda: _titled(page, place)),
        (0.62, lambda: _lesser(page)),
        (0.3, lambda: _from_picture(page)),
        (_DESCRIBED, lambda: _described(page, place)),
    )


def _surest_first(*searches: tuple[float, Callable[[], Iterator[Publication]]]) -> Iterator[Publication]:
    """Yield what all searches find, sorted; each has the highest confidence of what it may find, in falling order."""
    waiting: list[Publication] = []
    bounds = [bound for bound, _ in searches[1:]]
    for (_, search), next_bound in zip(searches, (*bounds, 0.0), strict=True):
        waiting = sorted((*waiting, *search()), key=lambda each: -each.confidence)
        while waiting and waiting[0].confidence >= next_bound:
            yield waiting.pop(0)


def _printed_instead(page: Page, place: _Place, first: Publication, near: Sequence[Publication]) -> Publication | None:
    """Return the date that the page prints right above its story where its data must mean another, or None.

    That is so where what is printed is the day of the last change, where the data call the page published when it was
    changed last (or later), and where "11/01" is the eleventh of January to us and the first of November on the page.
    """
    swapped = to_swapped(first.instant)
    if swapped is not None:
        lines = (each for each in _lines(page, place, near=False) if each.instant.on == swapped)
        return next((first._replace(instant=first.instant._replace(on=swapped)) for _ in lines), None)
    if not near or any(abs((each.instant.on - first.instant.on).days) <= 1 for each in near):
        return None
    printed, changes = near[0], [each.instant for each in _modified(page)]
    is_changed = any(change.on == printed.instant.on for change in changes)
    if is_changed or (printed.instant.on < first.instant.on and _is_build(first.instant, changes)):
        return printed._replace(confidence=first.confidence)
    return None


def _is_build(instant: Instant, changes: Sequence[Instant]) -> bool:
    """Return whether a page was published within the hour in which it was changed last: a program wrote both."""
    return instant.at is not None and any(
        change.at is not None and timedelta(0) <= instant.at - change.at <= _BUILD for change in changes
    )


def _is_near(shown: Publication) -> bool:
    """Return whether a date stands right above the story, or in the page's address."""
    return shown.confidence >= (_NEAR_LINE if shown.method == "date_line" else _NEAR)


def _in_local_time(structured: Sequence[Publication], near: Sequence[Publication]) -> Publication:
    """Return what the data say, on the day that most of the page names: data are often in UTC, readers are not."""
    first = structured[0]
    vague = first.method.removeprefix("meta:") in _VAGUE_METAS and first.instant.at is None
    votes = {first.instant.on: 0}
    methods: set[tuple[str, date]] = set()
    for each in (*structured, *near):
        on, kind = each.instant.on, each.method.partition(":")[0].removeprefix("date_").removeprefix("time_")
        if abs((on - first.instant.on).days) <= 1 and (kind, on) not in methods:
            methods.add((kind, on))
            votes[on] = votes.get(on, 0) + 1
    local = near[0].instant.on if vague and near else _local_day(first, near)
    best = max(votes, key=lambda on: (votes[on], on == local))
    if best == first.instant.on:
        return first
    method = next(each.method for each in (*near, *structured) if each.instant.on == best)
    return Publication(first.instant._replace(on=best), method, first.confidence)


def _local_day(first: Publication, near: Sequence[Publication]) -> date:
    """Return the day that the page shows where a time zone explains why its data name another."""
    at, on = first.instant.at, first.instant.on
    days = [each.instant.on for each in near if each.method != "url"]
    if at is None or on in days or at.utcoffset() != timedelta(0) or at.date() != on:
        return on
    return next((day for day in days if is_same_elsewhere(first.instant, day)), on)


def _structured(page: Page) -> Iterator[Publication]:
    if page.article is not None and page.article.published is not None:
        yield from _read(page.article.published, "json_ld", 0.97)
    for name in _PUBLISHED_METAS:
        for value in page.head.metas.get(name, ()):
            yield from _read(value, f"meta:{name}", 0.93)
    for name in _VAGUE_METAS:
        for value in page.head.metas.get(name, ()):
            yield from _read(value, f"meta:{name}", 0.9)


def _lesser(page: Page) -> Iterator[Publication]:
    """Yield what says of a page when it was made or changed, not published."""
    if page.article is not None and page.article.created is not None:
        yield from _read(page.article.created, "json_ld:dateCreated", 0.62)
    for name in _LESSER_METAS:
        for value in page.head.metas.get(name, ()):
            yield from _read(value, f"meta:{name}", 0.52)
    yield from _modified(page)


def _modified(page: Page) -> Iterator[Publication]:
    if page.article is not None and page.article.modified is not None:
        yield from _read(page.article.modified, "json_ld:dateModified", 0.5)
    for name in _MODIFIED_METAS:
        for value in page.head.metas.get(name, ()):
            yield from _read(value, f"meta:{name}", 0.45)


def _titled(page: Page, place: _Place) -> Iterator[Publication]:
    """Yield the dates that are a part of their own in the title element: "The lake is grey | Herald | 28.04.2023"."""
    for part in _BAR.split(page.head.title or "")[1:_MAX_PARTS]:
        instant = to_instant(part, month_first=place.month_first)
        if instant is not None and instant.raw == part.strip() and instant.on >= _EARLIEST:
            yield Publication(instant, "title_element", _TITLED)


def _described(page: Page, place: _Place) -> Iterator[Publication]:
    """Yield the dates that stand somewhere in title and description."""
    for text in (page.head.title, page.head.first("og:title"), page.head.first("og:description", "description")):
        instant = to_instant(text[:_LINE_CHARS], month_first=place.month_first) if text else None
        if instant is not None and instant.on >= _EARLIEST:
            yield Publication(instant, "description", _DESCRIBED)


def _read(value: str, method: str, confidence: float) -> Iterator[Publication]:
    instant = read_given(value)
    if instant is not None and instant.on >= _EARLIEST:
        yield Publication(instant, method, confidence)


def _shown(page: Page, place: _Place, *, near: bool) -> Iterator[Publication]:
    """Yield the dates of elements that are called dates: surest those labelled as such right above the story."""
    for element, at, _ in page.outline.dated:
        distance = _distance(place, at)
        if near and _LABELLED - distance < _NEAR:
            continue
        if element not in place.read:
            place.read[element] = _read_element(element, month_first=place.month_first)
        shown = place.read[element]
        if shown is not None:
            yield shown._replace(confidence=shown.confidence - distance)


def _read_element(element: Element, *, month_first: bool) -> Publication | None:
    """Return the date of an element that is called one, as sure as it is right above the story."""
    words = page_words()
    text = to_text(element, _ELEMENT_CHARS)
    given = element.get("datetime") or element.get("content") or element.get("title") or ""
    shown = to_instant(text, month_first=month_first)
    instant = (read_given(given) if given else None) or shown
    if instant is None or instant.on < _EARLIEST or _COPYRIGHT.search(text):
        return None
    is_labelled = words.published.search(text) is not None
    if shown is not None and (is_labelled or is_same_elsewhere(instant, shown.on)):
        instant = instant._replace(on=shown.on)
    names = f"{element.get('class', '')} {element.get('itemprop', '')} {element.get('id', '')}".lower()
    is_update = "modif" in names or "updat" in names or words.updated.search(text) is not None
    is_published = "publi" in names or element.get("pubdate") is not None or is_labelled
    confidence = 0.55 if is_update and not is_published else _LABELLED if is_published else 0.8
    method = "time_element" if element.tag == "time" else "date_element"
    return Publication(instant, method, confidence)


def _lines(page: Page, place: _Place, *, near: bool) -> Iterator[Publication]:
    """Yield the dates of lines that say when the page was published, and of other short lines."""
    words = page_words()
    asked = 0
    start, blocks = place.start, page.outline.blocks
    for index in range(max(start - 4 * _NEAR_BLOCKS, 0), min(start + 3, len(blocks))) if near else range(len(blocks)):
        text = whole = blocks[index].text
        if len(text) > _LINE_CHARS:
            if index != start:
                continue
            text = text[:_OPENING_CHARS]
        if not may_be_dated(text) or _COPYRIGHT.search(text):
            continue
        instant = to_instant(text, month_first=place.month_first)
        asked += 1
        if asked > _MAX_LINES:
            return
        if instant is None or instant.on < _EARLIEST:
            continue
        if len(text) > len(instant.raw) + _REST_CHARS:
            continue
        label = None if words.updated.search(text) is not None else words.published.search(text)
        if label is not None and not _is_sentence(whole, label.start(), len(instant.raw)):
            yield Publication(instant, "date_line", 0.72 - _distance(place, index))
        else:
            yield Publication(instant, "date_line", 0.6 - _distance(place, index))


def _is_sentence(text: str, label: int, date_chars: int) -> bool:
    """Return whether a line with a label at `label` is prose, which may well say when something was released."""
    return label > 0 and text.endswith(_STOPS) and len(text) > date_chars + _LABEL_CHARS


def _to_place(page: Page) -> _Place:
    start, end = page.story.start, page.story.end
    title = max((mark.at for mark in page.outline.titles if mark.at <= start), default=start)
    return _Place(start, end, min(title, start - _NEAR_BLOCKS) - 2, _is_month_first(page.head), {})


def _distance(place: _Place, at: int) -> float:
    """Return what a date loses by standing away from the story: next to nothing right above it."""
    start, end = place.start, place.end
    if start == end:
        return 0.0
    if place.top <= at <= start + 2:
        return 0.001 * (start - at) if at < start else 0.01 * (1 + at - start)
    if start < at < end:
        return 0.12
    if at >= end:
        return 0.24 if at - end <= _NEAR_BLOCKS else 0.28
    return 0.06 if start - at <= 2 * _NEAR_BLOCKS else 0.24


def _from_address(page: Page) -> Iterator[Publication]:
    address = page_address(page.head, page.article)
    if address is not None:
        yield from _dated_path(address, _URL_DAY, "url", 0.77)
        yield from _dated_path(address, _URL_DAY_LOOSE, "url", 0.57)


def _from_picture(page: Page) -> Iterator[Publication]:
    """Yield the day in the address of the picture that stands for the page: most are stored on the day."""
    picture = page.head.first("og:image", "twitter:image")
    if picture is not None:
        yield from _dated_path(picture, _URL_DAY_LOOSE, "picture_url", 0.3)


def _dated_path(address: str, pattern: re.Pattern[str], method: str, confidence: float) -> Iterator[Publication]:
    match = pattern.search(address)
    if match is None:
        return
    try:
        on = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return
    if on >= _EARLIEST:
        yield Publication(Instant(on, None, "day", match.group().strip("/")), method, confidence)


def _is_month_first(head: Head) -> bool:
    language = (head.language or head.first("og:locale") or "").lower().replace("_", "-")
    return language.startswith("en-us")
