"""From bytes to text: byte order mark, what a header says, what the bytes prove, and only then what is likely.

Repairing text that was decoded wrongly before it came does not belong here.
"""

from __future__ import annotations

import codecs
from typing import NamedTuple

from transforms.read.declared import find_declared
from transforms.read.detection import count_ascii, detect, find_escaped, find_wide, read_strictly
from transforms.read.labels import find_codec, find_encoding
from transforms.read.western import find_implausible

GUESSED = "encoding_guessed"
"""Quality flag: nothing declares the encoding; it is the one that makes plausible text."""
DAMAGED = "encoding_damaged"
"""Quality flag: bytes that no character has stand as U+FFFD."""


class Decoded(NamedTuple):
    """Text and the name of the encoding it was decoded with, as the WHATWG or IANA has it."""

    text: str
    encoding: str
    guessed: bool = False
    damaged: bool = False

    @property
    def flags(self) -> tuple[str, ...]:
        """The quality flags of a reading of this text."""
        return (GUESSED,) * self.guessed + (DAMAGED,) * self.damaged


class UndecodableError(ValueError):
    """No encoding that we know explains the bytes; `offset` is the first that no reading explains."""

    def __init__(self, offset: int, why: str) -> None:
        super().__init__(why)
        self.offset = offset


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32le"),
    (codecs.BOM_UTF32_BE, "utf-32be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
"""Byte order marks; UTF-32 stands before UTF-16, whose mark its own begins with."""
_MULTIBYTE_NAMES = frozenset(
    ("gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "johab", "iso-2022-jp", "iso-2022-kr")
)
_CHANCE_BYTES = 12
"""One Chinese character in seven happens to be valid UTF-8, too; six in a row one time in 130,000."""


def decode(raw: bytes, *, transport: str | None = None) -> Decoded:
    """Return the text of `raw` without its byte order mark; raise UndecodableError where no encoding fits.

    `transport` is the charset that a header gave with the bytes. Valid UTF-8 costs two searches and no guess.
    """
    marked = find_mark(raw)
    if marked is not None:
        return Decoded(decode_as(raw, marked), marked)
    return _decode_by_label(raw, transport and find_encoding(transport)) or _decode_by_bytes(raw)


def decode_page(raw: bytes, *, transport: str | None = None) -> Decoded:
    """Return the text of an HTML or XML page, always: byte order mark, `transport`, declaration, bytes, in this order.

    Where nothing fits, the named encoding is used (or windows-1252, as in browsers); U+FFFD stands for what it lacks.
    Source: HTML standard, section 13.2.3.2, but for pages that name a one-byte encoding and are valid UTF-8.
    """
    marked = find_mark(raw)
    named = marked or (transport and find_encoding(transport)) or find_declared(raw)
    if marked is not None:
        return _decode_leniently(raw, marked)
    try:
        return _decode_by_label(raw, named) or _decode_by_bytes(raw)
    except UndecodableError:
        return _decode_leniently(raw, named or _broken_as(raw))


def decode_as(raw: bytes, encoding: str) -> str:
    """Return the text of `raw` in the encoding that `decode` named; raise UndecodableError where it does not fit."""
    text = read_strictly(raw, encoding)
    if text is not None:
        return text
    try:
        return raw.decode(find_codec(encoding))
    except UnicodeDecodeError as error:
        raise UndecodableError(error.start, f"the bytes are no {encoding}: {error.reason}") from error


def decode_loosely(raw: bytes, encoding: str) -> str:
    """Return the text of `raw` in the encoding that `decode` named; U+FFFD stands for what does not fit."""
    return _decode_leniently(raw, encoding).text


def find_mark(raw: bytes) -> str | None:
    """Return the encoding whose byte order mark opens `raw`, or None."""
    return next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)


def is_guess(raw: bytes, encoding: str, *, transport: str | None = None) -> bool:
    """Return whether `decode` had to guess that `raw` is in `encoding`."""
    return (
        encoding != "utf-8" and find_mark(raw) is None and (transport is None or find_encoding(transport) != encoding)
    )


def _decode_by_label(raw: bytes, named: str | None) -> Decoded | None:
    """Return the text in the encoding that a label names, or None where the bytes belie it."""
    if named is None or named == "utf-8" or _is_utf8_for_sure(raw, named):
        return None
    text = read_strictly(raw, named)
    return None if text is None else Decoded(text, named)


def _is_utf8_for_sure(raw: bytes, named: str) -> bool:
    """Return whether bytes are UTF-8, whatever their label says: chance makes valid UTF-8 of a few letters at most."""
    high = 0 if raw.isascii() else len(raw) - count_ascii(raw)
    enough = _CHANCE_BYTES if named in _MULTIBYTE_NAMES else 1
    return high >= enough and read_strictly(raw, "utf-8") is not None


def _decode_by_bytes(raw: bytes) -> Decoded:
    """Return the text as UTF-8 where it is, else in the encoding that makes it plausible."""
    hidden = find_wide(raw) or find_escaped(raw)
    if hidden is not None:
        return Decoded(hidden.text, hidden.encoding, guessed=True)
    try:
        return Decoded(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        found = detect(raw)
        if found is None:
            raise UndecodableError(error.start, find_implausible(raw) or "no encoding makes it plausible") from error
        return Decoded(found.text, found.encoding, guessed=True)


def _decode_leniently(raw: bytes, encoding: str) -> Decoded:
    text = read_strictly(raw, encoding)
    if text is not None:
        return Decoded(text, encoding)
    text = raw.decode(find_codec(encoding), "replace").removeprefix("\ufeff")
    return Decoded(text, encoding, damaged=True)


def _broken_as(raw: bytes) -> str:
    """Return the encoding of a page that nothing explains: UTF-8 where it has any of it, else what browsers take."""
    return "utf-8" if len(raw.decode("utf-8", "ignore")) > len(raw.decode("ascii", "ignore")) else "windows-1252"
