"""Rich text (RTF 1.9.1): its paragraphs as plain text, and whether they open bold. Pictures and tables' looks are left.

Only the control words that carry text, fields or paragraphs are understood; the others say how it looks.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from transforms.read.blocks import to_printable

MAX_DEPTH = 1000
"""Groups within groups; word processors write about ten."""

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z])|"
    r"(?P<group>[{}])|(?P<text>[^\\{}\r\n]+)"
)
_HIDDEN = frozenset(
    re.findall(
        r"\S+",
        "fonttbl colortbl stylesheet info pict object header headerl headerr headerf footer footerl footerr footerf "
        "fldinst footnote annotation listtable listoverridetable themedata datastore generator xmlnstbl",
    )
)
"""Destinations whose text is not the document's."""
_TEXTS = {
    "par": "\n", "sect": "\n", "page": "\n", "row": "\n", "line": " ", "tab": "\t", "cell": "\t", "emdash": "—",
    "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ",
    "enspace": " ",
}  # fmt: skip
_SYMBOLS = {"~": "\u00a0", "_": "-", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n", "\t": "\t"}


class RichTextError(ValueError):
    """Rich text that can't be read; the message says at which byte and why."""


class Paragraph(NamedTuple):
    """A paragraph's text, cells divided by tabs, and whether its first letters are bold."""

    text: str
    bold: bool


class RichText(NamedTuple):
    """The paragraphs of a document, without empty ones, and whether it breaks off within a group."""

    paragraphs: list[Paragraph]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _State:
    bold: bool = False
    hidden: bool = False
    unicode_skip: int = 1


def read_rich_text(raw: bytes) -> RichText:
    """Return the paragraphs of a document; raise RichTextError for one with too many groups. Cost: linear."""
    reader = _RichTextReader()
    text = raw.decode("latin-1")
    place = 0
    while (token := _TOKEN.search(text, place)) is not None:
        place = token.end() + reader.take(token)
    reader.end_paragraph()
    return RichText(reader.paragraphs, bool(reader.outer))


class _RichTextReader:
    """What is known while tokens go by."""

    def __init__(self) -> None:
        self.paragraphs: list[Paragraph] = []
        self.outer: list[_State] = []
        self._state = _State()
        self._codec = "cp1252"
        self._parts: list[str] = []
        self._bytes = bytearray()
        self._bold: bool | None = None
        self._to_skip = 0

    def take(self, token: re.Match[str]) -> int:
        """Take a token; return how many bytes behind it are binary."""
        if token["group"]:
            self._group(token)
        elif token["word"]:
            return self._word(token["word"], int(token["number"]) if token["number"] else None)
        elif token["hex"]:
            self._hex(int(token["hex"], 16))
        elif token["symbol"] == "*":
            self._state = replace(self._state, hidden=True)
        elif token["symbol"]:
            self._add(_SYMBOLS.get(token["symbol"], ""))
        else:
            skipped = min(self._to_skip, len(token["text"]))
            self._to_skip -= skipped
            for character in [token["text"][skipped:]] if token["text"].isascii() else token["text"][skipped:]:
                self._add(character) if character.isascii() else self._hex(ord(character))
        return 0

    def end_paragraph(self) -> None:
        """Close the paragraph that is open."""
        self._flush()
        text = "".join(self._parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        text = to_printable(text).strip(" \t\u00a0")
        if text:
            self.paragraphs.append(Paragraph(text, bool(self._bold)))
        self._parts, self._bold = [], None

    def _group(self, token: re.Match[str]) -> None:
        self._flush()
        self._to_skip = 0
        if token["group"] == "{":
            self.outer.append(self._state)
            if len(self.outer) > MAX_DEPTH:
                raise RichTextError(f"at byte {token.start()} a group opens within {MAX_DEPTH} others")
        elif self.outer:
            self._state = self.outer.pop()

    def _word(self, word: str, number: int | None) -> int:
        if word == "u" and number is not None:
            self._add(chr(number % 0x10000))
            self._to_skip = self._state.unicode_skip
        elif word in _TEXTS:
            self._add(_TEXTS[word])
        elif word in _HIDDEN or word == "v":
            self._state = replace(self._state, hidden=number != 0)
        elif word in ("b", "plain"):
            self._state = replace(self._state, bold=word == "b" and number != 0)
        elif word == "uc":
            self._state = replace(self._state, unicode_skip=min(max(number or 0, 0), 8))
        elif word == "ansicpg" and number is not None:
            self._codec = _find_codec(number)
        elif word == "mac":
            self._codec = "mac_roman"
        return max(number or 0, 0) if word == "bin" else 0

    def _hex(self, code: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif not self._state.hidden:
            self._bytes.append(code)

    def _add(self, text: str) -> None:
        self._flush()
        if self._state.hidden or not text:
            return
        if text == "\n":
            self.end_paragraph()
            return
        if self._bold is None and text.strip():
            self._bold = self._state.bold
        self._parts.append(text)

    def _flush(self) -> None:
        """Decode bytes that stood together: one character may take two of them."""
        if self._bytes:
            text = self._bytes.decode(self._codec, "replace")
            self._bytes = bytearray()
            if self._bold is None:
                self._bold = self._state.bold
            self._parts.append(text)


def _find_codec(page: int) -> str:
    try:
        return codecs.lookup("utf-8" if page == 65001 else f"cp{page}").name
    except LookupError:
        return "cp1252"
