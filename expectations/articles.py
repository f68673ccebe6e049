"""Rules for articles: what a data desk looks at before a story goes into the archive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from expectations import body as bodies
from expectations.batch import Batch, Broken, Mask, where
from expectations.rules import Check, Rule

FIRST_NEWSPAPER = date(1605, 1, 1)
"""Relation, Strasbourg 1605: nothing that is dated earlier is a newspaper article."""
MAX_BYLINE_CHARS = 200
ZONES = timedelta(days=1)
"""A publication day is local, an instant is UTC: they may differ by a day."""

_BETWEEN = "expect_column_values_to_be_between"
_NOT_NULL = "expect_column_values_to_not_be_null"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_ADDRESS = re.compile(r"https?://[^\s/]+")

ALONE = (
    Rule(
        "articles.key_repeated",
        ("article_id",),
        "critical",
        "two articles of the batch have the same id",
        Check("expect_column_values_to_be_unique", "article_id"),
    ),
    Rule(
        "articles.no_words",
        ("body", "word_count"),
        "critical",
        "nothing is left of the body",
        Check(_BETWEEN, "word_count", (("min_value", 1),)),
    ),
    Rule(
        "articles.headline_too_long",
        ("headline",),
        "critical",
        "the headline has more than `max_headline_chars` characters: it swallowed the body",
        Check(_BETWEEN, "headline_chars", (("max_value", "max_headline_chars"),)),
    ),
    Rule(
        "articles.short_body",
        ("body", "word_count"),
        "warning",
        "the body has fewer than `min_words` words",
        Check(_BETWEEN, "word_count", (("min_value", "min_words"),)),
    ),
    Rule(
        "articles.published_in_future",
        ("published_on",),
        "warning",
        "the article is dated more than `max_days_ahead` days after its validation",
        Check(_BETWEEN, "days_ahead", (("max_value", "max_days_ahead"),)),
    ),
    Rule(
        "articles.headline_missing",
        ("headline",),
        "info",
        "the article has no headline; plain text often has none",
        Check(_NOT_NULL, "headline_chars"),
    ),
    Rule(
        "articles.language_unknown",
        ("language",),
        "info",
        "the language of the body is not known",
        Check(_NOT_NULL, "language"),
    ),
)
"""Rules with an expectation of their own."""

OF_BODY: tuple[tuple[Rule, Callable[[str], bool]], ...] = (
    (
        Rule(
            "articles.not_text",
            ("body",),
            "critical",
            "the body is mostly one character, one word, figures and signs, or undecoded bytes",
            family="text",
        ),
        bodies.is_not_text,
    ),
    (
        Rule(
            "articles.encoding_damaged",
            ("body",),
            "warning",
            "the body holds characters that were lost or decoded twice, or control characters",
            family="text",
        ),
        bodies.has_damaged_encoding,
    ),
    (
        Rule(
            "articles.markup_left", ("body",), "warning", "the body holds tags, entities or shortcodes", family="text"
        ),
        bodies.has_markup,
    ),
    (
        Rule(
            "articles.error_page",
            ("body",),
            "warning",
            "the body tells an error, a consent wall or a paywall in place of a story",
            family="text",
        ),
        bodies.is_error_page,
    ),
    (
        Rule("articles.body_cut_short", ("body",), "warning", "the body ends as teasers end", family="text"),
        bodies.is_cut_short,
    ),
    (
        Rule("articles.paragraph_repeated", ("body",), "warning", "a long paragraph comes twice", family="text"),
        bodies.repeats_paragraph,
    ),
    (
        Rule(
            "articles.paragraphs_lost",
            ("body",),
            "info",
            "a paragraph is so long that breaks must have been lost",
            family="text",
        ),
        bodies.has_lost_paragraphs,
    ),
)
"""Rules that look at the body alone, with their tests."""

OF_ARTICLE = (
    Rule(
        "articles.miscounted",
        ("body", "char_count", "paragraph_count"),
        "critical",
        "`char_count` or `paragraph_count` is not that of the body: no span can be trusted",
        family="text",
    ),
    Rule("articles.long_body", ("body", "word_count"), "warning", "the body has more than `max_words`", family="text"),
    Rule(
        "articles.mostly_removed",
        ("body",),
        "warning",
        "cleaning took more characters than it left",
        family="text",
    ),
    Rule(
        "articles.subhead_not_in_body",
        ("subheads", "body"),
        "warning",
        "a sub-head is no paragraph of the body",
        family="text",
    ),
    Rule(
        "articles.headline_is_body",
        ("headline", "body"),
        "warning",
        "the headline is the whole body, or the body's first paragraph",
        family="fields",
    ),
    Rule(
        "articles.headline_not_text",
        ("headline",),
        "warning",
        "the headline has no letter, or markup, or several lines",
        family="fields",
    ),
    Rule(
        "articles.byline_not_a_name",
        ("byline", "authors"),
        "warning",
        f"the byline has more than {MAX_BYLINE_CHARS} characters, or an author has no letter",
        family="fields",
    ),
    Rule(
        "articles.published_too_early",
        ("published_on",),
        "warning",
        f"the article is dated before {FIRST_NEWSPAPER.year}, when newspapers began",
        family="fields",
    ),
    Rule(
        "articles.dates_contradict",
        ("published_at", "published_on", "first_created", "version_created", "expires"),
        "warning",
        "instant and day of publication differ, a version is older than its item, or it expires before it is published",
        family="fields",
    ),
    Rule(
        "articles.value_malformed",
        ("language", "located_country", "url", "canonical_url"),
        "warning",
        "a language is not BCP 47, a country not ISO 3166-1 alpha-2, or a web address not one",
        family="fields",
    ),
)

RULES = (*ALONE, *(rule for rule, _ in OF_BODY), *OF_ARTICLE)


def find_broken(batch: Batch) -> Iterator[Broken]:
    """Yield the articles that break a rule that has no expectation of its own."""
    for rule, is_broken in OF_BODY:
        yield from where(rule.id, np.array([is_broken(body) for body in batch.bodies], dtype=np.bool_))
    yield from where("articles.miscounted", _miscounted(batch))
    yield from where("articles.long_body", batch.numbers("articles", "word_count") > batch.checks.max_words)
    yield from where("articles.mostly_removed", _mostly_removed(batch))
    fields = batch.tables["articles"].select(_FIELDS).to_pylist()
    for name, is_wrong in _OF_FIELDS.items():
        mask = [is_wrong(article, body) for article, body in zip(fields, batch.bodies, strict=True)]
        yield from where(name, np.array(mask, dtype=np.bool_))


def _miscounted(batch: Batch) -> Mask:
    lengths = [len(body) for body in batch.bodies]
    paragraphs = [bodies.count_paragraphs(body) for body in batch.bodies]
    counts = batch.tables["articles"].select(["char_count", "paragraph_count"]).to_pydict()
    wrong = [
        not (chars in (None, length) and parts in (None, paragraph))
        for chars, length, parts, paragraph in zip(
            counts["char_count"], lengths, counts["paragraph_count"], paragraphs, strict=True
        )
    ]
    return np.array(wrong, dtype=np.bool_)


def _mostly_removed(batch: Batch) -> Mask:
    """Return for which articles the removals, less what stands in their place or was moved, outweigh the body."""
    lengths = np.array([len(body) for body in batch.bodies], dtype=np.int64)
    taken = np.zeros(lengths.size, dtype=np.int64)
    columns = (batch.values("removals", column) for column in ("text", "replacement", "reason"))
    for text, replacement, reason, row in zip(*columns, batch.article_rows("removals").tolist(), strict=True):
        if not (reason or "").startswith("moved_"):
            taken[row] += len(text or "") - len(replacement or "")
    found: Mask = taken > lengths
    return found


Article = Mapping[str, Any]
"""The `_FIELDS` of one article."""

_FIELDS = [
    "headline",
    "subheads",
    "byline",
    "authors",
    "published_at",
    "published_on",
    "first_created",
    "version_created",
    "expires",
    "language",
    "located_country",
    "url",
    "canonical_url",
]


def _misses_subhead(article: Article, body: str) -> bool:
    subheads = article["subheads"]
    return bool(subheads) and not set(subheads) <= set(body.split("\n\n"))


def _repeats_headline(article: Article, body: str) -> bool:
    headline = article["headline"]
    return headline is not None and headline.casefold() == body.partition("\n\n")[0].strip().casefold()


def _has_odd_headline(article: Article, body: str) -> bool:
    headline = article["headline"]
    if headline is None:
        return False
    return "\n" in headline or bodies.has_markup(headline) or not any(map(str.isalpha, headline))


def _has_odd_byline(article: Article, body: str) -> bool:
    byline, authors = article["byline"], article["authors"] or ()
    too_long = byline is not None and len(byline) > MAX_BYLINE_CHARS
    return too_long or any(not any(map(str.isalpha, author or "")) for author in authors)


def _is_too_old(article: Article, body: str) -> bool:
    return article["published_on"] is not None and article["published_on"] < FIRST_NEWSPAPER


def _has_contradicting_dates(article: Article, body: str) -> bool:
    published_at, published_on = article["published_at"], article["published_on"]
    if published_at is not None and published_on is not None and abs(published_at.date() - published_on) > ZONES:
        return True
    return _is_before(article["version_created"], article["first_created"]) or _is_before(
        article["expires"], published_at
    )


def _is_before(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one < other


def _has_malformed_value(article: Article, body: str) -> bool:
    patterns = {"language": _LANGUAGE, "located_country": _COUNTRY, "url": _ADDRESS, "canonical_url": _ADDRESS}
    return any(article[name] is not None and not pattern.match(article[name]) for name, pattern in patterns.items())


_OF_FIELDS: Mapping[str, Callable[[Article, str], bool]] = {
    "articles.subhead_not_in_body": _misses_subhead,
    "articles.headline_is_body": _repeats_headline,
    "articles.headline_not_text": _has_odd_headline,
    "articles.byline_not_a_name": _has_odd_byline,
    "articles.published_too_early": _is_too_old,
    "articles.dates_contradict": _has_contradicting_dates,
    "articles.value_malformed": _has_malformed_value,
}
