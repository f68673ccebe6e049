"""Onward: a document that holds another one, as a row holds a page, is parsed by that one's reader."""

from __future__ import annotations

from transforms.rows import Reading, Rejected
from transforms.settings import TransformSettings

PAGE = "web_page"


def parse_page(page: str, settings: TransformSettings) -> Reading | Rejected:
    """Return what a web page says, or why it can't be read."""
    return parse_as(PAGE, page.encode("utf-8", "replace"), "utf-8", settings)


def parse_as(format: str, raw: bytes, encoding: str | None, settings: TransformSettings) -> Reading | Rejected:
    """Return what the reader of `format` makes of `raw`, or why it can't be read."""
    from transforms.read import BY_FORMAT  # here, since READERS names the modules that ask

    reader = BY_FORMAT.get(format)
    if reader is None:
        return Rejected("read.unknown_format", f"it holds a document of format {format!r}, which no reader takes")
    return reader.parse(raw, encoding, settings)
