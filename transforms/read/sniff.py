"""What a file is: its first bytes say it, and where they don't, its name does.

Each reader brings its own `sniff`; what several of them ask of the first bytes stands here.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NamedTuple

OPENING_BYTES = 4096


class Opening(NamedTuple):
    """The first bytes of a file and the last part of its path."""

    head: bytes
    name: str

    @property
    def suffix(self) -> str:
        """The name's suffix in lower case with its dot, or the empty string."""
        return PurePosixPath(self.name).suffix.lower()


_SIGNATURES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\x28\xb5\x2f\xfd", "zstandard data"),
    (b"\xfd7zXZ", "xz data"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "a rich-text document"),
)
_WEB_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_XML = re.compile(rb"\s*<\?xml\b")
_BEFORE_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:(?!\s*[{\[])[^<]{0,200}(?=<\?xml\s)|\s*)"
    rb"(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE\b[^\[>]*(?:\[.*?\]\s*)?>\s*)*",
    re.IGNORECASE | re.DOTALL,
)
"""What may stand before the first element: also blank lines, and a server's warning where a declaration follows."""
_DOCUMENT_TYPE = re.compile(rb"<!DOCTYPE\s+(?:[\w.-]+:)?([A-Za-z_][\w.-]*)", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)(?=[\s/>])")


def find_binary_kind(head: bytes) -> str | None:
    """Return in words what binary format `head` opens, or None."""
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def find_markup_kind(head: bytes) -> str | None:
    """Return in words what markup `head` opens, or None."""
    opening = head.removeprefix(b"\xef\xbb\xbf")
    if _WEB_PAGE.match(opening):
        return "a web page"
    return "an XML document" if _XML.match(opening) else None


def find_root_name(head: bytes) -> str | None:
    """Return the name of a markup file's first element in lower case without its prefix, or None."""
    opening = head.replace(b"\0", b"")
    before = _BEFORE_ROOT.match(opening)
    if before is None:
        return None
    root = _ROOT.match(opening, before.end()) or _DOCUMENT_TYPE.match(opening, before.end())
    return None if root is None else root[1].decode("ascii", "replace").lower()
