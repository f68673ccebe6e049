"""What a page says of itself beside its text: meta elements, links, the title element, linked data, the language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from transforms.read.page.tree import Element

_MAX_VALUE_CHARS = 20_000
"""Longer contents are data of scripts."""
_MAX_VALUES = 2_000
_NAMING = ("property", "name", "itemprop", "http-equiv")


@dataclass(frozen=True, slots=True)
class Head:
    """Values by name, in the order of the page; names are in lower case."""

    metas: Mapping[str, tuple[str, ...]]
    links: Mapping[str, tuple[str, ...]]
    """Addresses by relation."""
    title: str | None
    language: str | None
    linked_data: tuple[str, ...]
    """Contents of the scripts that hold JSON-LD."""

    def first(self, *names: str) -> str | None:
        """Return the first value of the first name that has one."""
        return next((values[0] for name in names if (values := self.metas.get(name))), None)


def read_head(root: Element) -> Head:
    """Return what the elements say that are not shown, wherever they stand."""
    metas: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    titles: list[str] = []
    linked_data: list[str] = []
    for element in root.iter("meta", "link", "title", "script"):
        tag = element.tag
        if tag == "meta":
            _add_meta(element, metas)
        elif tag == "link":
            _add_link(element, links)
        elif tag == "title":
            titles.append(" ".join("".join(element.itertext()).split()))
        elif "ld+json" in (element.get("type") or "").lower() and element.text:
            linked_data.append(element.text)
    return Head(
        {name: tuple(values) for name, values in metas.items()},
        {relation: tuple(addresses) for relation, addresses in links.items()},
        next((title for title in titles if title), None),
        root.get("lang") or root.get("xml:lang"),
        tuple(linked_data),
    )


def _add_meta(element: Element, metas: dict[str, list[str]]) -> None:
    attributes = dict(element.items())
    value = " ".join(attributes.get("content", "").split())
    if not value or len(value) > _MAX_VALUE_CHARS:
        return
    for key in _NAMING:
        name = attributes.get(key)
        if name and len(metas) < _MAX_VALUES:
            metas.setdefault(name.strip().lower(), []).append(value)


def _add_link(element: Element, links: dict[str, list[str]]) -> None:
    address = element.get("href")
    if address:
        for relation in (element.get("rel") or "").lower().split():
            links.setdefault(relation, []).append(address.strip())
