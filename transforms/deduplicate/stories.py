"""Stories: articles that tell of one event, whoever wrote them and in whatever words.

An article joins the story whose articles have the most of its terms, as far as that is enough; two stories of which an
article has enough become one, under the older id. The id of a story is the article_id that it began with, so that an id
that was given away once leads to the story for ever, whichever it has become part of.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa

from transforms.deduplicate.concerned import concerned
from transforms.deduplicate.terms import Terms, unpack
from warehouse import tables

MIN_LIKENESS = 0.13
"""Labelled events come out the same from 0.09 to 0.17 (benchmarks/stories.py)."""
MIN_LIKENESS_OF_BRIEFS = 0.12
"""For an article without a body to speak of: a headline has few words, of which fewer meet."""
MIN_LIKENESS_OF_STORIES = 0.2
"""Two stories that an article has brought together become one when they are so much alike."""
HEAVIEST_TERMS = 24
MIN_SHARED_TERMS = 2
"""Stories are looked at that have so many of the heaviest terms of an article among the heaviest of theirs."""
_SIZE_POWER = 0.7
"""Between the mean over a story's articles (1), which large stories outgrow, and their sum's direction (0.5)."""
HALF_LIKE_DAYS = 60.0
"""An article so many days away from the story counts as half as much like it; a hard window tears long stories."""


class Member(NamedTuple):
    """An article that is or may be part of a story."""

    article_id: str
    told_at: datetime | None
    is_brief: bool
    story_id: str | None
    terms: Terms | None
    """None for an article that only counts: of a large story the terms of the newest are enough."""

    @property
    def order(self) -> tuple[bool, datetime, str]:
        """What puts articles in the order in which they were told; those that do not say when come last."""
        return self.told_at is None, self.told_at or datetime.min, self.article_id


class Story:
    """A story as it grows."""

    def __init__(self, story_id: str) -> None:
        self.story_id = story_id
        self.members: list[str] = []
        self.first: tuple[bool, datetime, str] = (True, datetime.max, "")
        self.last_told_at: datetime | None = None
        self.weights: dict[int, float] = {}
        self.weighed = 0

    def add(self, member: Member) -> None:
        """Take an article in."""
        self.members.append(member.article_id)
        self.first = min(self.first, member.order)
        self.last_told_at = _later(self.last_told_at, member.told_at)
        if member.terms is not None:
            self.weighed += 1
            for term, weight in member.terms.weights.items():
                self.weights[term] = self.weights.get(term, 0.0) + weight

    def take(self, other: Story) -> None:
        """Take in all articles of another story."""
        self.members.extend(other.members)
        self.weighed += other.weighed
        self.first = min(self.first, other.first)
        self.last_told_at = _later(self.last_told_at, other.last_told_at)
        for term, weight in other.weights.items():
            self.weights[term] = self.weights.get(term, 0.0) + weight

    def likeness(self, member: Member) -> float:
        """Return how much an article is like the story: 0 to 1."""
        weights = member.terms.weights if member.terms is not None else {}
        common = sum(weight * self.weights.get(term, 0.0) for term, weight in weights.items())
        size = math.pow(max(self.weighed, 1), _SIZE_POWER)
        return min(common / size * _nearness(self.last_told_at, member.told_at), 1.0)

    def likeness_of(self, other: Story) -> float:
        """Return how much two stories are alike: 0 to 1."""
        small, large = sorted((self, other), key=lambda story: len(story.weights))
        common = sum(weight * large.weights.get(term, 0.0) for term, weight in small.weights.items())
        size = math.pow(max(self.weighed, 1) * max(other.weighed, 1), _SIZE_POWER)
        return min(common / size * _nearness(self.last_told_at, other.last_told_at), 1.0)


class Stories:
    """Stories that articles are told apart by; `add` articles in the order in which they were told."""

    def __init__(self) -> None:
        self._stories: dict[str, Story] = {}
        self._having: dict[int, set[str]] = {}

    def restore(self, members: Iterable[Member]) -> None:
        """Take in articles with the stories that they are in; one that is in none is the beginning of one."""
        for member in members:
            self._put(member.story_id or member.article_id, member)

    def add(self, member: Member) -> float:
        """Take in a new article; return how much it is like the story that it joins, 1.0 where it begins one."""
        least = MIN_LIKENESS_OF_BRIEFS if member.is_brief else MIN_LIKENESS
        likenesses = {story_id: self._stories[story_id].likeness(member) for story_id in self._near(member)}
        alike = sorted((-likeness, story_id) for story_id, likeness in likenesses.items() if likeness >= least)
        if not alike:
            self._put(member.article_id, member)
            return 1.0
        story_id = alike[0][1]
        self._put(story_id, member)
        for _, other in alike[1:]:
            if self._stories[story_id].likeness_of(self._stories[other]) >= MIN_LIKENESS_OF_STORIES:
                story_id = self._merge(story_id, other)
        return -alike[0][0]

    def members(self) -> Mapping[str, str | None]:
        """Return the story of each article; None for an article that is alone."""
        return {
            article_id: story.story_id if len(story.members) > 1 else None
            for story in self._stories.values()
            for article_id in story.members
        }

    def _near(self, member: Member) -> list[str]:
        """Return the stories with enough of the heaviest terms of an article."""
        shared = Counter(story_id for term in _heaviest(member) for story_id in self._having.get(term, ()))
        least = 1 if member.is_brief else MIN_SHARED_TERMS
        return [story_id for story_id, number in shared.items() if number >= least]

    def _put(self, story_id: str, member: Member) -> None:
        if story_id not in self._stories:
            self._stories[story_id] = Story(story_id)
        self._stories[story_id].add(member)
        for term in _heaviest(member):
            self._having.setdefault(term, set()).add(story_id)

    def _merge(self, one: str, other: str) -> str:
        """Make one story of two; return its id, that of the older."""
        kept, lost = sorted((one, other), key=lambda story_id: self._stories[story_id].first)
        gone = self._stories.pop(lost)
        self._stories[kept].take(gone)
        for term in gone.weights:
            having = self._having.get(term, set())
            if lost in having:
                having.remove(lost)
                having.add(kept)
        return kept


def assign(articles: pa.Table, candidates: pa.Table) -> pa.Table:
    """Return what the arrival of `articles` changes in who belongs to which story.

    Both have the schema of `story_terms`. `candidates` are the articles of all stories that may be meant. Those of
    stories that the new articles have to do with are told apart anew together with these, in the order of telling, as
    if they had arrived so; a story of which not all terms are at hand stays as it is, and may grow.

    Shape:  schema of `story_members`, one row per article whose story changes, sorted by article_id. A row with
            `story_id` NULL says that an article is alone again.
    """
    new = {member.article_id: member for member in to_members(articles)}
    known = {member.article_id: member for member in to_members(concerned(articles, candidates))}
    standing = {member.story_id for member in known.values() if member.terms is None}
    others = [member for article_id, member in known.items() if article_id not in new]
    stories = Stories()
    stories.restore(member for member in others if member.story_id in standing)
    again = [*new.values(), *(member for member in others if member.story_id not in standing)]
    before = {article_id: known[article_id].story_id if article_id in known else None for article_id in new | known}
    return _tell(stories, again, before)


def cluster_anew(articles: pa.Table) -> pa.Table:
    """Return what changes when all `articles` (schema of `story_terms`) are told apart anew, in the order of telling.

    A function of the articles, however they arrived. A story keeps the id under which most of its articles are known,
    if the article that gave it is among them; otherwise it is called by its first article.

    Shape:  as `assign`.
    """
    members = to_members(articles)
    return _tell(Stories(), members, {member.article_id: member.story_id for member in members})


def _tell(stories: Stories, members: Sequence[Member], before: Mapping[str, str | None]) -> pa.Table:
    """Return what changes when `members` join `stories` in the order of telling."""
    scores = {member.article_id: stories.add(member) for member in sorted(members, key=lambda one: one.order)}
    found = stories.members()
    names = _names(before, found)
    renamed = {article_id: None if story is None else names[story] for article_id, story in found.items()}
    return _to_rows(before, renamed, scores)


def to_members(table: pa.Table) -> list[Member]:
    """Return the rows of a table with the schema of `story_terms`."""
    return [
        Member(
            row["article_id"],
            row["told_at"],
            row["is_brief"],
            row["story_id"],
            None if row["terms"] is None else unpack(row["terms"]),
        )
        for row in table.to_pylist()
    ]


def _names(before: Mapping[str, str | None], found: Mapping[str, str | None]) -> Mapping[str, str]:
    """Return the id that each of the stories in `found` goes on with."""
    known: dict[str, Counter[str]] = {}
    for article_id, story_id in found.items():
        if story_id is not None:
            ids = known.setdefault(story_id, Counter())
            earlier = before[article_id]
            if earlier is not None and found.get(earlier) == story_id:
                ids[earlier] += 1
    return {
        story_id: min(ids, key=lambda each: (-ids[each], each)) if ids else story_id for story_id, ids in known.items()
    }


def _to_rows(
    before: Mapping[str, str | None], after: Mapping[str, str | None], scores: Mapping[str, float]
) -> pa.Table:
    return tables.STORY_MEMBERS.from_rows(
        {"article_id": article_id, "story_id": story_id, "score": scores.get(article_id, 1.0) if story_id else None}
        for article_id, story_id in sorted(after.items())
        if story_id != before.get(article_id)
    )


def _heaviest(member: Member) -> list[int]:
    return [] if member.terms is None else list(member.terms.weights)[:HEAVIEST_TERMS]


def _nearness(one: datetime | None, other: datetime | None) -> float:
    """Return what is left of a likeness across the time between: 1 at once, a half after `HALF_LIKE_DAYS`."""
    if one is None or other is None:
        return 1.0
    days = abs((one - other).total_seconds()) / 86_400
    return 1.0 / (1.0 + (days / HALF_LIKE_DAYS) ** 2)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)
