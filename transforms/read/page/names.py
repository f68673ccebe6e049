"""Names on a page: of its site, and how names are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

from transforms.read.page.head import Head
from transforms.read.schema_org import StructuredArticle

_WORD = re.compile(r"\w+")
_SHORT_LABEL_CHARS = 3


def to_folded(text: str) -> str:
    """Return a text as it is compared: words in one case, nothing between them but a space."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return " ".join(_WORD.findall(plain.casefold()))


def site_names(head: Head, article: StructuredArticle | None) -> frozenset[str]:
    """Return what the site calls itself, folded and without spaces."""
    names = (to_folded(name).replace(" ", "") for name in _site_names(head, article))
    return frozenset(name for name in names if name)


def is_site(name: str, sites: frozenset[str]) -> bool:
    """Return whether a name is one of the site's, or the long form of its initials."""
    folded = to_folded(name)
    return folded.replace(" ", "") in sites or (" " in folded and "".join(word[0] for word in folded.split()) in sites)


def page_address(head: Head, article: StructuredArticle | None) -> str | None:
    """Return the address that the page gives itself, or None."""
    given = (*head.links.get("canonical", ()), head.first("og:url", "al:web:url"), article.url if article else None)
    return next((address for address in given if address and address.startswith(("http://", "https://"))), None)


def _site_names(head: Head, article: StructuredArticle | None) -> Iterator[str]:
    for name in (
        "og:site_name",
        "application-name",
        "apple-mobile-web-app-title",
        "dc.publisher",
        "publisher",
        "al:ios:app_name",
        "al:android:app_name",
    ):
        yield from head.metas.get(name, ())
    for handle in head.metas.get("twitter:site", ()):
        yield handle.lstrip("@")
    if article is not None and article.publisher is not None:
        yield article.publisher
    address = page_address(head, article)
    try:
        host = None if address is None else urlsplit(address).hostname
    except ValueError:
        return
    if host is None:
        return
    bare = host.removeprefix("www.").removeprefix("m.")
    yield bare
    labels = bare.split(".")
    yield from (label for label in labels[:-1] if len(label) > _SHORT_LABEL_CHARS or label == labels[-2])
    if len(labels) > 1:
        yield labels[0]
        yield ".".join(labels[-2:])
