"""What a page says of its own encoding: the XML declaration, and meta elements as browsers read them.

Source: HTML standard, section 13.2.3.2, “prescan a byte stream to determine its encoding”.
"""

from __future__ import annotations

import re

from transforms.read.labels import charset_of, find_encoding

PRESCAN_BYTES = 8192
"""Browsers look at 1,024 bytes before they draw and at the rest later; pages with long comments need more."""

_XML = re.compile(rb"\s*<\?xml\b[^>]*?\bencoding\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_TOKEN = re.compile(rb"<!--|<meta(?=[\s/])|</?[A-Za-z][^\s/>]*|<[!/?]", re.IGNORECASE)
_SPACE = b"\t\n\f\r "
_ATTRIBUTE = re.compile(
    rb"[\s/]*(?:(?P<end>>)|(?P<name>[^\s/>=][^\s/>=]*)"
    rb"(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s>]*)))?)"
)
_WIDE = ("utf-16le", "utf-16be", "utf-32le", "utf-32be")


def find_declared(raw: bytes) -> str | None:
    """Return our name of the encoding that the page declares in its first bytes, or None."""
    head = raw[:PRESCAN_BYTES]
    match = _XML.match(head)
    found = _named(match[1] or match[2] or b"") if match is not None else None
    return found or find_meta(head)


def find_meta(head: bytes) -> str | None:
    """Return the encoding that the first telling meta element names, or None."""
    at = 0
    while True:
        token = _TOKEN.search(head, at)
        if token is None:
            return None
        word = token.group().lower()
        if word == b"<!--":
            at = _behind(head, b"-->", token.start() + 2)
        elif word in (b"<!", b"</", b"<?"):
            at = _behind(head, b">", token.end())
        else:
            attributes, at = _read_attributes(head, token.end())
            found = _find_in_meta(attributes) if word == b"<meta" else None
            if found is not None:
                return found


def _behind(head: bytes, mark: bytes, at: int) -> int:
    found = head.find(mark, at)
    return len(head) if found < 0 else found + len(mark)


def _read_attributes(head: bytes, at: int) -> tuple[dict[bytes, bytes], int]:
    """Return the attributes of a tag, the first of each name, and where the tag ends."""
    attributes: dict[bytes, bytes] = {}
    while True:
        match = _ATTRIBUTE.match(head, at)
        if match is None or match.end() == at:
            return attributes, max(at, 1)
        at = match.end()
        if match["end"] is not None:
            return attributes, at
        value = next((each for each in match.group("double", "single", "bare") if each is not None), b"")
        attributes.setdefault(match["name"].lower(), value)


def _find_in_meta(attributes: dict[bytes, bytes]) -> str | None:
    if b"charset" in attributes:
        return _named(attributes[b"charset"])
    if attributes.get(b"http-equiv", b"").lower() != b"content-type":
        return None
    charset = charset_of(attributes.get(b"content", b"").decode("latin-1"))
    return None if charset is None else _named(charset.encode("latin-1"))


def _named(label: bytes) -> str | None:
    """Return our name of a declared encoding; what could be read as ASCII is not UTF-16, whatever it says."""
    found = find_encoding(label.decode("latin-1"))
    return "utf-8" if found in _WIDE else found
