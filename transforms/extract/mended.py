"""Values that somebody before us misread ("CafÃ©"): mended as bodies are, where that is proven."""

from __future__ import annotations

from dataclasses import replace

from transforms.clean.mojibake import mend
from transforms.rows import Found, InfoSource, Value

MENDED_METHOD = ":mended"
"""What the method of a mended value ends in; the value as it came lies in `documents.raw`."""

_LITERAL = frozenset({"url", "canonical_url", "alt_id", "source", "language"})
"""Addresses, ids and codes: they are compared letter by letter elsewhere, right or wrong."""


def mend_value(found: Found) -> Found:
    """Return a value without mojibake that can be proven, its method marked; the same value where there is none."""
    if found.field in _LITERAL:
        return found
    value = _mend(found.value)
    return found if value == found.value else replace(found, value=value, method=found.method + MENDED_METHOD)


def is_mended_value(found: Found) -> bool:
    """Return whether mojibake was undone in a value."""
    return found.method.endswith(MENDED_METHOD)


def _mend(value: Value) -> Value:
    if isinstance(value, str):
        return value if value.isascii() else mend(value).text
    if isinstance(value, tuple):
        return tuple(_mend_item(item) for item in value)  # type: ignore[return-value]
    return value


def _mend_item(item: str | InfoSource) -> str | InfoSource:
    if isinstance(item, InfoSource):
        return replace(item, name=mend(item.name).text)
    return item if item.isascii() else mend(item).text
