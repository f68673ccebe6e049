"""Columns that others fill under names of their own: sidecars, metadata.csv, and delimited files.

A key is one of our column names or a synonym below; its value is text, a number, a boolean or a list of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from transforms.clean.byline import split_names
from transforms.instants import Instant, parse_instant
from transforms.rows import InfoSource, Value

Given = str | int | float | bool | None | Iterable["Given"] | Mapping[str, "Given"]
"""A value as JSON or CSV give it."""

SYNONYMS: Mapping[str, str] = {
    "title": "headline",
    "heading": "headline",
    "name": "headline",
    "text": "body",
    "content": "body",
    "article_body": "body",
    "link": "url",
    "uri": "url",
    "address": "url",
    "permalink": "canonical_url",
    "canonical": "canonical_url",
    "canonical_link": "canonical_url",
    "published": "published",
    "published_date": "published",
    "published_time": "published",
    "published_at": "published",
    "published_on": "published",
    "date_published": "published",
    "publication_date": "published",
    "publish_date": "published",
    "publish_time": "published",
    "pub_date": "published",
    "pubdate": "published",
    "date_publish": "published",
    "publishing_date": "published",
    "date": "published",
    "timestamp": "published",
    "date_created": "first_created",
    "created": "first_created",
    "firstcreated": "first_created",
    "created_at": "first_created",
    "date_modified": "version_created",
    "modified": "version_created",
    "updated": "version_created",
    "updated_at": "version_created",
    "versioncreated": "version_created",
    "author": "authors",
    "creator": "authors",
    "creators": "authors",
    "writer": "authors",
    "publisher": "source",
    "site": "source",
    "site_name": "source",
    "outlet": "source",
    "newspaper": "source",
    "lang": "language",
    "in_language": "language",
    "id": "alt_id",
    "article_section": "section",
    "category": "section",
    "summary": "description",
    "abstract": "description",
    "standfirst": "description",
    "subtitle": "description",
    "lead": "description",
    "tags": "keywords",
    "tag": "keywords",
    "keyword": "keywords",
    "subject": "subjects",
    "topics": "subjects",
    "location": "located",
    "copyright": "copyright_notice",
    "copyrightholder": "copyright_holder",
    "copyrightnotice": "copyright_notice",
    "copyrightyear": "copyright_year",
    "usageterms": "usage_terms",
    "license": "usage_terms",
    "agency": "info_sources",
    "embargoed": "embargoed_until",
    "priority": "urgency",
    "slug": "slugline",
    "ednote": "ed_note",
    "pubstatus": "pub_status",
    "date_modify": "version_created",
    "meta_description": "description",
    "excerpt": "description",
    "meta_lang": "language",
    "meta_keywords": "keywords",
    "categories": "keywords",
    "hostname": "source",
    "sitename": "source",
    "source_hostname": "source",
    "source_domain": "source",
    "meta_site_name": "source",
    "domain": "source",
    "publisher_name": "source",
    "authors_list": "authors",
    "author_name": "authors",
    "web_url": "url",
    "article_url": "url",
    "source_url": "url",
    "warc_url": "url",
    "requested_url": "url",
}
"""Column by synonym; of several for one column the first counts most.

Keys are compared as `to_key` leaves them; `published` stands for all columns of publication.
"""


class Filled(NamedTuple):
    """A column and its value."""

    column: str
    value: Value


class UnreadableValueError(ValueError):
    """A value that is none of its column's; `text` is the value as given."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(f"no value of {column}: {text!r}")
        self.column = column
        self.text = text


def find_column(key: str) -> str | None:
    """Return the column that `key` names, `published` for the publication date, or None for an unknown key."""
    word = to_key(key)
    column = SYNONYMS.get(word, word)
    return column if column == "published" or column in _PARSERS else None


def to_key(key: str) -> str:
    """Return a key in our spelling: datePublished, date-published and "Date published" are `date_published`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key.strip())
    return re.sub(r"[\W_]+", "_", spaced).strip("_").lower()


def parse_column(column: str, given: Given) -> tuple[Filled, ...]:
    """Return what `given` fills, nothing for an absent value; raise UnreadableValueError for one that can't be."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return ()
    if column == "published":
        return _parse_published(to_text(given))
    try:
        value = _PARSERS[column](given)
    except (ValueError, OverflowError) as error:
        raise UnreadableValueError(column, to_text(given)) from error
    return () if value == () else (Filled(column, value),)


def to_text(given: Given) -> str:
    """Return a given value as one line of text; of a mapping its `name`, its `url` or its `value`."""
    if isinstance(given, Mapping):
        said = (given[key] for key in ("name", "value", "url", "@id") if given.get(key))
        return to_text(next(said, str(dict(given))))
    if isinstance(given, str):
        return " ".join(given.split())
    if isinstance(given, bool | int | float) or given is None:
        return str(given)
    return "; ".join(to_text(each) for each in given)


def _parse_published(text: str) -> tuple[Filled, ...]:
    try:
        instant = parse_instant(text)
    except (ValueError, OverflowError) as error:
        raise UnreadableValueError("published_on", text) from error
    return published_columns(instant)


def published_columns(instant: Instant) -> tuple[Filled, ...]:
    """Return the columns that a publication date fills; `published_on` is the day as printed, in its own zone."""
    filled = (
        Filled("published_on", instant.on),
        Filled("published_precision", instant.precision),
        Filled("published_raw", instant.raw),
    )
    return filled if instant.at is None else (*filled, Filled("published_at", instant.at))


def _list(given: Given) -> list[str]:
    """Return the items of a list, or of a text divided by semicolons, bars or, failing these, commas."""
    if isinstance(given, str):
        mark = next((mark for mark in (";", "|", ",") if mark in given), ";")
        return [item for part in given.split(mark) if (item := " ".join(part.split()))]
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        return [to_text(given)]
    return [item for each in given if each is not None and (item := to_text(each))]


def _strings(given: Given) -> Value:
    return tuple(_list(given))


def _authors(given: Given) -> Value:
    """Return the people of a list or byline; a text that is no byline is one name."""
    if isinstance(given, str):
        return split_names(given) or tuple(_list(given))
    return tuple(_list(given))


def _agencies(given: Given) -> Value:
    return tuple(InfoSource(name, "agency") for name in _list(given))


def _integer(given: Given) -> Value:
    if isinstance(given, float) and given != int(given):
        raise ValueError(given)
    return int(given) if isinstance(given, int | float) else int(to_text(given))


def _language(given: Given) -> Value:
    """Return a BCP 47 tag: `EN_us` is `en-US`; raise ValueError for a word that is none."""
    match = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}|\d{3}))?", to_text(given))
    if match is None:
        raise ValueError(given)
    return match[1].lower() if match[2] is None else f"{match[1].lower()}-{match[2].upper()}"


def _url(given: Given) -> Value:
    text = to_text(given)
    if re.match(r"[a-z][a-z0-9+.-]*:\S+$", text, re.IGNORECASE) is None:
        raise ValueError(text)
    return text


def _instant(given: Given) -> Value:
    """Return an instant in UTC; raise ValueError where the zone is missing, for it must not be guessed."""
    at: datetime | None = parse_instant(to_text(given)).at
    if at is None:
        raise ValueError(given)
    return at


def _urgency(given: Given) -> Value:
    urgency = int(to_text(given))
    if not 1 <= urgency <= 9:
        raise ValueError(urgency)
    return urgency


def _year(given: Given) -> Value:
    return date(int(to_text(given)), 1, 1).year


def _pub_status(given: Given) -> Value:
    status = to_text(given).removeprefix("stat:").lower()
    if status not in ("usable", "withheld", "canceled"):
        raise ValueError(status)
    return status


_PARSERS: Mapping[str, Callable[[Given], Value]] = {
    **dict.fromkeys(
        (
            "source", "alt_id", "headline", "description", "byline", "dateline", "located", "located_country", "body",
            "provider", "copyright_holder", "copyright_notice", "usage_terms", "data_mining", "genre", "section",
            "slugline", "ed_note",
        ),
        to_text,
    ),
    **dict.fromkeys(("subjects", "keywords"), _strings),
    **dict.fromkeys(("first_created", "version_created", "embargoed_until", "expires"), _instant),
    **dict.fromkeys(("url", "canonical_url"), _url),
    "authors": _authors,
    "info_sources": _agencies,
    "language": _language,
    "urgency": _urgency,
    "copyright_year": _year,
    "pub_status": _pub_status,
}  # fmt: skip
"""How each column that others may fill reads its value; a column that is not here is ours alone."""
