"""Whose a page is, on what terms it may be used, and what its publisher says of machines that read it.

Source: schema.org copyrightHolder and kin; TDM Reservation Protocol (W3C community group, 2024), section 6; robots
directives `noai` and `noimageai` as sites use them.
"""

from __future__ import annotations

from collections.abc import Iterator

from transforms.read.page.page import Page
from transforms.read.properties import Said

_NO_AI = ("noai", "noimageai")


def find_rights(page: Page) -> Iterator[Said]:
    """Yield what fills the columns of rights."""
    head, article = page.head, page.article
    if article is not None:
        yield Said("copyright_holder", article.copyright_holder, "json_ld", 0.93)
        yield Said("copyright_year", article.copyright_year, "json_ld", 0.93)
        yield Said("copyright_notice", article.copyright_notice, "json_ld", 0.93)
        yield Said("usage_terms", article.usage_terms, "json_ld", 0.93)
    yield Said(
        "copyright_notice", head.first("copyright", "dc.rights", "dcterms.rights", "rights"), "meta:copyright", 0.85
    )
    yield Said("usage_terms", next(iter(head.links.get("license", ())), None), "link:license", 0.9)
    yield from _data_mining(page)


def _data_mining(page: Page) -> Iterator[Said]:
    """Yield a reservation against text and data mining, with its policy where one is named."""
    head = page.head
    reservation = head.first("tdm-reservation")
    if reservation is not None:
        policy = head.first("tdm-policy")
        said = {"1": "reserved", "0": "not reserved"}.get(reservation.strip(), reservation)
        yield Said("data_mining", said if policy is None else f"{said}; {policy}", "meta:tdm-reservation", 0.98)
    for name in ("robots", "googlebot", "bingbot"):
        for value in head.metas.get(name, ()):
            words = [word.strip().lower() for word in value.split(",")]
            forbidden = [word for word in words if word in _NO_AI]
            if forbidden:
                yield Said("data_mining", ", ".join(forbidden), f"meta:{name}", 0.95)
                return
