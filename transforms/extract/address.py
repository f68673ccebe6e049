"""The address of an article: as given, and in the one spelling that all its links share."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from transforms.rows import Found, Story

_GIVEN = 0.9
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_cid|mc_eid|ocid|cmpid|cmp|ref_src|ref_url|smid|s_cid|"
    r"_ga|_gl|spm|xtor|wt_mc|at_medium|at_campaign|at_\w+|ns_\w+|guccounter|guce_\w+|share|sharetoken)",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def extract_address(story: Story) -> tuple[Found, ...]:
    """Return `url` and `canonical_url`, from the placement, the format or the document's own address."""
    given = [found for found in story.found if found.field in ("canonical_url", "url")]
    found: tuple[Found, ...] = ()
    if story.reading.url is not None:
        found = (Found("url", story.reading.url, "document", _GIVEN),)
        given = [*given, *found]
    given.sort(key=lambda each: each.field != "canonical_url")
    for each in given:
        canonical = to_canonical_url(str(each.value))
        if canonical is not None:
            return (*found, Found("canonical_url", canonical, each.method, each.confidence))
    return found


def to_canonical_url(url: str) -> str | None:
    """Return `url` with host in lower case and without fragment, default port and tracking parameters.

    None for what is no web address. The path is left as it is: servers may tell cases and slashes apart.
    """
    parts = _split(url)
    if parts is None or parts.hostname is None:
        return None
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query, True) if not _TRACKING.fullmatch(key)])
    port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return urlunsplit((parts.scheme, host + port, parts.path or "/", query, ""))


def find_host(url: str) -> str | None:
    """Return the host of a web address without `www.`, or None."""
    parts = _split(url)
    return None if parts is None or not parts.hostname else parts.hostname.removeprefix("www.")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in _DEFAULT_PORTS else None
