"""When a page was published: structured data, meta elements, time elements, the line that says so, the address.

Precision and zone are kept as printed. A copyright year is no date, nor is one that has not come yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from transforms.instants import Instant, find_instant
from transforms.read.page.head import Head
from transforms.read.page.names import page_address
from transforms.read.page.page import Page
from transforms.read.page.tree import to_text
from transforms.read.page.vocabulary import page_words
from transforms.read.page.word_files import word_list
from transforms.read.timestamps import parse_timestamp


class Publication(NamedTuple):
    """A date of publication and where it was found."""

    instant: Instant
    method: str
    confidence: float


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
_SLASHED = re.compile(
    r"(?<!\d)(?P<one>\d{1,2})(?:[/-]|\.\s?)(?P<two>\d{1,2})(?:[/-]|\.\s?)(?P<year>(?:19|20)?\d\d)(?!\d)"
)
_DATED = re.compile(r"(?:19|20)\d\d|\d(?:[/-]|\.\s?)\d{1,2}(?:[/-]|\.\s?)\d\d")
"""What every date with a year has; most lines have none, and asking for months in seven languages is dear."""
_HAN = re.compile(r"(?P<year>(?:19|20)\d\d)\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]")
_STAMP = re.compile(r"(?P<seconds>1?\d{9})(?P<milliseconds>\d{3})?")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_ELEMENT_CHARS = 160
_MAX_ELEMENTS = 400
_MAX_LINES = 1_000
_REST_CHARS = 90
_OPENING_CHARS = 60
_NEAR_BLOCKS = 6
_NEAR = 0.7
_NEAR_LINE = 0.55
_WEST_HOURS = 9
"""Hours that the west of the Americas lies behind UTC."""
_EAST_HOUR = 14
"""Hour of UTC at which the next day begins in Australia."""
_LINE_CHARS = 200
_EARLIEST = date(1990, 1, 1)


def find_publications(page: Page) -> Iterator[Publication]:
    """Yield the dates of publication that a page gives, the surest first."""
    structured = [*_structured(page)]
    if structured:
        near = [each for each in (*_shown(page), *_from_address(page), *_lines(page, near=True)) if _is_near(each)]
        yield _in_local_time(structured, sorted(near, key=lambda each: -each.confidence))
        yield from structured
    rest = (*_shown(page), *_from_address(page), *_lines(page, near=False), *_lesser(page), *_from_picture(page))
    yield from sorted(rest, key=lambda each: -each.confidence)


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
    for day in days:
        if day == on - timedelta(1) and at.hour < _WEST_HOURS:
            return day
        if day == on + timedelta(1) and at.hour >= _EAST_HOUR:
            return day
    return on


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
    if page.article is not None and page.article.modified is not None:
        yield from _read(page.article.modified, "json_ld:dateModified", 0.5)
    for name in _MODIFIED_METAS:
        for value in page.head.metas.get(name, ()):
            yield from _read(value, f"meta:{name}", 0.45)


def to_instant(text: str, *, month_first: bool) -> Instant | None:
    """Return the first date in a short text, with days and months in digits read by the page's custom, or None."""
    if _DATED.search(text) is None:
        return None
    instant = find_instant(text)
    if instant is not None:
        return instant
    match = _HAN.search(text)
    if match is not None:
        return _on(int(match["year"]), int(match["month"]), int(match["day"]), match.group())
    match = _SLASHED.search(text)
    if match is None:
        return None
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    month, day = (one, two) if (month_first and one <= 12) or two > 12 else (two, one)
    return _on(year + 2000 if year < 100 else year, month, day, match.group())


def _on(year: int, month: int, day: int, raw: str) -> Instant | None:
    try:
        return Instant(date(year, month, day), None, "day", raw)
    except ValueError:
        return None


def _read(value: str, method: str, confidence: float) -> Iterator[Publication]:
    instant = _parse(value)
    if instant is not None and instant.on >= _EARLIEST:
        yield Publication(instant, method, confidence)


def _parse(value: str) -> Instant | None:
    stamp = _STAMP.fullmatch(value.strip())
    if stamp is not None:
        at = datetime.fromtimestamp(int(stamp["seconds"]), UTC)
        return Instant(at.date(), at, "second", value)
    try:
        instant = parse_timestamp(value)
    except ValueError:
        return to_instant(value, month_first=False)
    return instant if instant.precision not in ("year", "month") else None


def _shown(page: Page) -> Iterator[Publication]:
    """Yield the dates of elements that are called dates: surest those labelled as such right above the story."""
    words = page_words()
    month_first = _is_month_first(page.head)
    for element, at, _ in page.outline.dated[:_MAX_ELEMENTS]:
        text = to_text(element, _ELEMENT_CHARS)
        names = f"{element.get('class', '')} {element.get('itemprop', '')} {element.get('id', '')}".lower()
        given = element.get("datetime") or element.get("content") or element.get("title") or ""
        shown = to_instant(text, month_first=month_first)
        instant = (_parse(given) if given else None) or shown
        if instant is None or instant.on < _EARLIEST or _COPYRIGHT.search(text):
            continue
        if shown is not None and (abs((shown.on - instant.on).days) == 1 or words.published.search(text)):
            instant = instant._replace(on=shown.on)
        is_update = "modif" in names or "updat" in names or words.updated.search(text) is not None
        is_published = (
            "publi" in names or element.get("pubdate") is not None or words.published.search(text) is not None
        )
        confidence = 0.55 if is_update and not is_published else 0.85 if is_published else 0.8
        method = "time_element" if element.tag == "time" else "date_element"
        yield Publication(instant, method, confidence - _distance(page, at))


def _lines(page: Page, *, near: bool) -> Iterator[Publication]:
    """Yield the dates of lines that say when the page was published, and of other short lines."""
    words = page_words()
    month_first = _is_month_first(page.head)
    asked = 0
    start, blocks = page.story.start, page.outline.blocks
    for index in range(max(start - 4 * _NEAR_BLOCKS, 0), min(start + 3, len(blocks))) if near else range(len(blocks)):
        block = blocks[index]
        text = (
            block.text if len(block.text) <= _LINE_CHARS or index != page.story.start else block.text[:_OPENING_CHARS]
        )
        if len(text) > _LINE_CHARS or _DATED.search(text) is None or _COPYRIGHT.search(text):
            continue
        instant = to_instant(text, month_first=month_first)
        asked += 1
        if asked > _MAX_LINES:
            return
        if instant is None or instant.on < _EARLIEST:
            continue
        if len(text) > len(instant.raw) + _REST_CHARS:
            continue
        if words.published.search(text) is not None and words.updated.search(text) is None:
            yield Publication(instant, "date_line", 0.72 - _distance(page, index))
        else:
            yield Publication(instant, "date_line", 0.6 - _distance(page, index))


def _distance(page: Page, at: int) -> float:
    """Return what a date loses by standing away from the story: next to nothing right above it."""
    start, end = page.story.start, page.story.end
    if start == end:
        return 0.0
    title = max((mark.at for mark in page.outline.titles if mark.at <= start), default=start)
    if min(title, start - _NEAR_BLOCKS) - 2 <= at <= start + 2:
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
