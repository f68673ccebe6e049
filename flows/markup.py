"""HTML that cannot be injected into: text is escaped unless it was made here.

Which elements a page has is the business of the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping

# Control characters have no place in HTML; bidirectional overrides and zero-width marks make a text read as another.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_VOID = frozenset({"meta", "link", "br", "hr"})


class Markup(str):
    """Text that is HTML already. Only this module makes it from text."""

    __slots__ = ()


Child = str | int | None
"""What may stand in an element: Markup as it is, other values as escaped text, None as nothing."""


def escape(value: Child) -> Markup:
    """Return `value` as HTML text; characters that cannot be shown stand as U+FFFD."""
    if isinstance(value, Markup):
        return value
    return Markup("" if value is None else html.escape(_UNPRINTABLE.sub("\ufffd", str(value))))


def join(children: Iterable[Child]) -> Markup:
    """Return the children one after the other."""
    return Markup("".join(escape(child) for child in children))


def element(name: str, attributes: Mapping[str, str | float | None], *children: Child) -> Markup:
    """Return an element; attribute values are escaped, and one that is None is left out."""
    written = "".join(
        f' {attribute}="{escape(_number(value))}"' for attribute, value in attributes.items() if value is not None
    )
    return Markup(f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{join(children)}</{name}>")


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.10g}"
