"""Placement: what the place of a file says of it, in its path, its sidecar or the metadata.csv of its folder.

Keys are our column names or their synonyms (transforms/read/columns.py); others are passed over.
A value that its column can't hold is kept as printed in `Placement.unreadable`: it becomes evidence of confidence 0,
and the article is flagged `placement_unreadable`. A body in a sidecar is passed over: the story is what the file says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Literal, NamedTuple

from transforms.extract.address import find_host
from transforms.read.columns import Given, UnreadableValueError, find_column, parse_column, to_text
from transforms.rows import Arrival, Found, Placement
from transforms.settings import SourceRule, TransformSettings

Method = Literal["path", "sidecar"]

UNKNOWN_SOURCE = "unknown"

_CONFIDENCE: Mapping[str, float] = {"path": 0.93, "sidecar": 0.96}
"""A sidecar was written for its file; a path may be an accident."""
_PLACEHOLDER = re.compile(r"\{(?P<key>\w+)\}|\*")
_DATE_PARTS = ("year", "month", "day")


class Source(NamedTuple):
    """A source, and how it is known; `method` is None for `unknown`."""

    id: str
    method: str | None
    confidence: float


def placement_from_path(pattern: str, relative_path: str) -> Placement:
    """Return what a path says by a pattern like `{source}/{published_on}/{alt_id}.txt`; nothing where it does not fit.

    The whole path must fit. `*` stands for any text within a folder's or file's name, `{year}`, `{month}` and `{day}`
    for the parts of a publication date. Raises ValueError for a pattern that names no column.
    """
    match = _path_pattern(pattern).fullmatch(relative_path)
    if match is None:
        return Placement()
    said: dict[str, Given] = dict(match.groupdict())
    parts = [str(said.pop(part)) for part in _DATE_PARTS if part in said]
    if parts:
        said["published_on"] = "-".join(part.zfill(2) for part in parts)
    return placement_from_mapping(said, "path")


def placement_from_mapping(mapping: Mapping[str, Given], method: Method) -> Placement:
    """Return what a sidecar, or a row of metadata.csv, says of its file."""
    found: list[Found] = []
    unreadable: list[Found] = []
    for key, given in mapping.items():
        column = find_column(key)
        if column is None or column == "body":
            continue
        try:
            found.extend(Found(name, value, method, _CONFIDENCE[method]) for name, value in parse_column(column, given))
        except UnreadableValueError as error:
            unreadable.append(Found(error.column, error.text, f"{method}_unreadable", 0.0))
    return Placement(tuple(found), tuple(unreadable))


def join_placements(*placements: Placement) -> Placement:
    """Return several placements as one; for a column that several fill the surest stands, then the first."""
    found = tuple(each for placement in placements for each in placement.found)
    return Placement(found, tuple(each for placement in placements for each in placement.unreadable))


def source_of(relative_path: str, placement: Placement, settings: TransformSettings) -> str:
    """Return the source of a file: the first rule whose path matches, else what placement says, else `unknown`."""
    for rule in settings.sources:
        if any(_glob(pattern).fullmatch(relative_path) for pattern in rule.paths):
            return rule.id
    placed = _find_placed(placement)
    return UNKNOWN_SOURCE if placed is None else to_text(str(placed.value))


def arrival_of_member(arrival: Arrival, member: str | None, settings: TransformSettings) -> Arrival:
    """Return the arrival of an archive's member: its place inside says of it what folders say of a file."""
    if member is None:
        return arrival
    inside = placement_from_path(settings.path, member) if settings.path else Placement()
    own = join_placements(arrival.members.get(member, Placement()), inside)
    source = arrival.source if arrival.source != UNKNOWN_SOURCE else source_of(member, own, settings)
    return replace(arrival, placement=join_placements(own, arrival.placement), source=source)


def refine_source(
    arrival: Arrival, canonical_url: Found | None, settings: TransformSettings, *, said: Found | None = None
) -> Source:
    """Return the source of an article once its address is known.

    A rule's id stands before placement, that before what the document itself says, and the host comes last.
    """
    ids = {rule.id for rule in settings.sources}
    if arrival.source in ids:
        return Source(arrival.source, "rule", 1.0)
    if arrival.source == UNKNOWN_SOURCE and said is not None and said.value in ids:
        return Source(str(said.value), "rule", 1.0)
    host = None if canonical_url is None else find_host(str(canonical_url.value))
    ruled = next((rule.id for rule in settings.sources if _has_host(rule, host)), None)
    if ruled is not None:
        return Source(ruled, "rule", 1.0)
    if arrival.source != UNKNOWN_SOURCE:
        placed = _find_placed(arrival.placement)
        return Source(arrival.source, *((placed.method, placed.confidence) if placed else ("arrival", 1.0)))
    if said is not None:
        return Source(str(said.value), said.method, said.confidence)
    if host is not None and canonical_url is not None:
        return Source(host, "host", canonical_url.confidence)
    return Source(UNKNOWN_SOURCE, None, 0.0)


def _find_placed(placement: Placement) -> Found | None:
    sources = [found for found in placement.found if found.field == "source"]
    return max(sources, key=lambda found: found.confidence, default=None)


def _has_host(rule: SourceRule, host: str | None) -> bool:
    """Return whether a rule names the host or a domain that it lies in."""
    return host is not None and any(
        host == domain.lower().removeprefix("www.") or host.endswith("." + domain.lower().removeprefix("www."))
        for domain in rule.hosts
    )


@cache
def _path_pattern(pattern: str) -> re.Pattern[str]:
    spelled, at = "", 0
    for placeholder in _PLACEHOLDER.finditer(pattern):
        key = placeholder["key"]
        if key is not None and key not in _DATE_PARTS and find_column(key) is None:
            raise ValueError(
                f"the path pattern {pattern!r} names {{{key}}}, which is no column that a path can fill; "
                "use names such as {source}, {published_on}, {section}, {alt_id}, or * for what says nothing"
            )
        spelled += re.escape(pattern[at : placeholder.start()])
        spelled += "[^/]*" if key is None else rf"(?P<{key}>[^/]+?)"
        at = placeholder.end()
    return re.compile(spelled + re.escape(pattern[at:]), re.DOTALL)


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    """Return a glob as a pattern: `**` crosses folders, `*` and `?` stay within one."""
    spelled = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(spelled.get(part, re.escape(part)) for part in parts), re.DOTALL)
