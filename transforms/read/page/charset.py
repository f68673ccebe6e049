"""From a page's bytes to its text, by the HTML standard: byte order mark, transport, declaration; then by detection.

Source: https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding and
https://encoding.spec.whatwg.org/#names-and-labels. One thing is read against it: bytes that are UTF-8 throughout are
UTF-8, whatever an old declaration says of them.
"""

from __future__ import annotations

import codecs
import re

from transforms.read.decoding import Decoded, UndecodableError, decode

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))
_PRESCAN_BYTES = 4096
"""The standard asks for 1024; pages with long heads declare theirs later."""
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?\bcharset\s*=\s*[\"']?\s*(?P<meta>[\w.:-]+)|<\?xml[^>]{0,100}?\bencoding\s*=\s*[\"'](?P<xml>[\w.:-]+)",
    re.IGNORECASE,
)
_MEANINGS = (
    ("windows-1252", "iso-8859-1 iso8859-1 latin1 latin-1 l1 ascii us-ascii ansi x-user-defined"),
    ("gb18030", "gb2312 gb_2312-80 gbk x-gbk chinese"),
    ("cp932", "shift_jis shift-jis sjis x-sjis windows-31j ms_kanji"),
    ("cp949", "euc-kr ks_c_5601-1987 ksc5601 korean windows-949"),
    ("windows-1254", "iso-8859-9 latin5"),
    ("cp874", "tis-620 iso-8859-11 windows-874"),
    ("big5hkscs", "big5 big5-hkscs cn-big5 x-x-big5"),
    ("utf-8", "utf-16 utf-16le utf-16be unicode utf8 utf-8"),
)
_LABELS = {label: name for name, labels in _MEANINGS for label in labels.split(" ")}
"""What labels mean on the web, where that is not what Python takes them for."""


def decode_page(raw: bytes, encoding: str | None = None) -> Decoded:
    """Return a page's text and how it was read; what fits no encoding is U+FFFD, as browsers show it.

    `encoding` is what the transport said, or what an earlier reading found.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16le"),
        (codecs.BOM_UTF16_BE, "utf-16be"),
    ):
        if raw.startswith(mark):
            return Decoded(raw[len(mark) :].decode(name, "replace"), name)
    try:
        return Decoded(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    declared = _find_codec(encoding) or _find_codec(_find_declared(raw))
    if declared is not None:
        return Decoded(raw.decode(declared, "replace"), declared)
    try:
        return decode(raw)
    except UndecodableError:
        return Decoded(raw.decode("utf-8", "replace"), "utf-8")


def to_utf8(raw: bytes, encoding: str | None = None) -> tuple[bytes, str]:
    """Return a page's bytes in UTF-8, the same object where they are, and the encoding it was read with."""
    decoded = decode_page(raw, encoding)
    if decoded.encoding == "utf-8" and "\ufffd" not in decoded.text and not raw.startswith(codecs.BOM_UTF8):
        return raw, decoded.encoding
    return decoded.text.encode("utf-8", "replace"), decoded.encoding


def _find_declared(raw: bytes) -> str | None:
    match = _DECLARED.search(raw, 0, _PRESCAN_BYTES)
    return None if match is None else (match["meta"] or match["xml"]).decode("ascii", "ignore")


def _find_codec(label: str | None) -> str | None:
    """Return Python's name for an encoding's label, or None for one that the web does not know."""
    if label is None:
        return None
    name = label.strip().lower()
    name = _LABELS.get(name, name)
    try:
        info = codecs.lookup(name)
    except LookupError:
        return None
    return name if info._is_text_encoding else None
