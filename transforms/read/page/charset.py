"""A page's bytes in UTF-8, as its parser takes them, and how they were read."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from transforms.read.decoding import decode_page


class PageBytes(NamedTuple):
    """A page in UTF-8, the encoding it came in, and the quality flags that reading it raised."""

    utf8: bytes
    encoding: str
    flags: tuple[str, ...]


def to_utf8(raw: bytes, encoding: str | None = None) -> PageBytes:
    """Return a page's bytes in UTF-8, the same object where they are.

    `encoding` is what the transport said, or what an earlier reading found; what the page itself says is asked first,
    so that a guess is called one again.
    """
    decoded = decode_page(raw)
    if encoding is not None and decoded.encoding != encoding:
        decoded = decode_page(raw, transport=encoding)
    if decoded.encoding == "utf-8" and not decoded.damaged and not raw.startswith(codecs.BOM_UTF8):
        return PageBytes(raw, decoded.encoding, decoded.flags)
    return PageBytes(decoded.text.encode("utf-8", "replace"), decoded.encoding, decoded.flags)
