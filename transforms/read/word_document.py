"""Word documents (docx, ECMA-376): the paragraphs of the main text, with the name of their style."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from lxml import etree

from transforms.read.blocks import local_name, to_printable
from transforms.read.limits import FREE_BYTES, DamagedError, LimitError, UnreadableError
from transforms.read.markup import CHUNK, MAX_TAGS, new_parser
from transforms.settings import TransformSettings

_MAIN = "word/document.xml"
_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_PARAGRAPHS = tuple(f"{{{namespace}}}p" for namespace in _NAMESPACES)
_LEFT_OUT = frozenset(("instrtext", "deltext", "txbxcontent", "fallback"))
"""Codes of fields, deleted text, and boxes beside the text."""


class Paragraph(NamedTuple):
    """A paragraph's text on one line, and its style as the file calls it."""

    text: str
    style: str | None


def read_paragraphs(source: BinaryIO, settings: TransformSettings) -> Iterator[Paragraph]:
    """Yield the paragraphs that have text; the tree of one at a time is held.

    Raises DamagedError where the archive or its markup is broken, behind the paragraphs before, and LimitError where
    the main text is larger than `max_unpacked_bytes`, expands by more than `max_expansion`, or has a paragraph that
    no person wrote.
    """
    try:
        with zipfile.ZipFile(source) as archive, archive.open(_MAIN) as stream:
            packed = max(archive.getinfo(_MAIN).compress_size, 1)
            yield from _paragraphs(_pieces(stream, packed, settings))
    except KeyError as error:
        raise DamagedError("read.unknown_format", f"the archive has no member {_MAIN!r}") from error
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise DamagedError("read.not_xml", f"{_MAIN}, line {line}, column {column}: {error.msg}") from error
    except UnreadableError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError, OSError) as error:
        raise DamagedError("read.archive_damaged", f"the document can't be unpacked ({error})") from error


def _pieces(stream: object, packed: int, settings: TransformSettings) -> Iterator[bytes]:
    """Yield the main text, never more than the limits let through, whatever the archive says of its size."""
    size = 0
    while piece := stream.read(CHUNK):  # type: ignore[attr-defined]
        size += len(piece)
        if size > settings.max_unpacked_bytes:
            raise LimitError("read.unpacks_too_large", f"more than {settings.max_unpacked_bytes} bytes in {_MAIN}")
        if size > FREE_BYTES and size > settings.max_expansion * packed:
            raise LimitError("read.expands_too_much", f"{size} bytes came out of {packed} in {_MAIN}")
        yield piece


def _paragraphs(pieces: Iterator[bytes]) -> Iterator[Paragraph]:
    parser = new_parser(_PARAGRAPHS)
    depth = tags = 0
    for piece in pieces:
        tags += piece.count(b"<")
        if tags > MAX_TAGS:
            raise LimitError(
                "read.xml_limits", f"more than {MAX_TAGS} tags of {_MAIN} follow each other in one paragraph"
            )
        parser.feed(piece)
        for event, element in parser.read_events():
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 0:
                paragraph = _to_paragraph(element)
                _forget(element)
                tags = 0
                if paragraph.text:
                    yield paragraph
    parser.close()


def _to_paragraph(element: etree._Element) -> Paragraph:
    parts: list[str] = []
    style = None
    walk = etree.iterwalk(element, events=("start",))
    for _, each in walk:
        name = local_name(each)
        if name in _LEFT_OUT:
            walk.skip_subtree()
        elif name == "pstyle":
            style = next((value for key, value in each.attrib.items() if str(key).endswith("val")), None)
        elif name == "t":
            parts.append(each.text or "")
        elif name in ("tab", "br", "cr"):
            parts.append(" ")
        elif name == "nobreakhyphen":
            parts.append("-")
    return Paragraph(" ".join(to_printable("".join(parts)).split()), None if style is None else str(style))


def _forget(element: etree._Element) -> None:
    """Let go of a paragraph and of all that stands before it."""
    element.clear(keep_tail=False)
    for each in (element, *element.iterancestors()):
        parent = each.getparent()
        while parent is not None and each.getprevious() is not None:
            del parent[0]
