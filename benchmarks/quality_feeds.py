"""Score the fields of feeds: our reading of every file, in the form that the feeds scorer takes.

Question: do feed and entry fields equal those that feedparser's own tests expect?
Use:      python benchmarks/quality_feeds.py SET_FOLDER > predictions.jsonl, then the set's scorer on both.
"""

from __future__ import annotations

import html
import io
import json
import lzma
import re
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from transforms.read.feed_entries import Entry, Key, Property
from transforms.read.feed_xml import mend
from transforms.read.markup import MarkupError, parse_xml
from transforms.read.web_feed import read_feed

_FIELDS: Mapping[str, tuple[Key, ...]] = {
    "title": ("title",),
    "link": ("link",),
    "id": ("id",),
    "summary": ("summary", "content"),
    "description": ("summary", "content"),
    "author": ("author",),
    "published": ("published",),
    "updated": ("updated",),
    "language": ("language",),
}
"""Our keys by the scorer's name of a field; where the first says nothing the next is asked."""
_SVG = 'xmlns="http://www.w3.org/2000/svg"'
_CONTROL = re.compile(r"&#1[2-5]\d;")
_TAG = re.compile(r"<(?P<name>[a-z]+)(?P<attributes>(?:\s+[^\s=>]+=\"[^\"]*\")+)\s*/?>")
_ATTRIBUTE = re.compile(r"[^\s=]+=\"[^\"]*\"")


def predict(pages: Path) -> Iterator[dict[str, object]]:
    """Yield a prediction for each file of an archive of feeds."""
    with lzma.open(pages) as packed, tarfile.open(fileobj=io.BytesIO(packed.read())) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:
                yield {"id": member.name.removeprefix("./"), **to_prediction(stream.read())}


def to_prediction(raw: bytes) -> dict[str, object]:
    """Return the fields of a feed and of its entries; of a file that is none, nothing."""
    try:
        head, entries = read_feed(parse_xml(raw, mend).root)
    except MarkupError:
        return {"feed": {}, "entries": []}
    return {"feed": _fields(head), "entries": [_fields(entry) for entry in entries]}


def _fields(entry: Entry) -> dict[str, str]:
    found = {
        name: next((said for key in keys if (said := entry.first(key)) is not None), None)
        for name, keys in _FIELDS.items()
    }
    return {name: _markup(said) for name, said in found.items() if said is not None}


def _markup(said: Property) -> str:
    """Return a value as the tests spell markup: marks instead of control characters, sorted attributes, `svg` named."""
    marked = _CONTROL.sub(lambda match: f"&#x{ord(html.unescape(match.group())):x};", said.value)
    return _TAG.sub(_sorted, marked) if said.is_html and "<svg" in marked else marked


def _sorted(match: re.Match[str]) -> str:
    attributes = set(_ATTRIBUTE.findall(match["attributes"]))
    if match["name"] == "svg":
        attributes.add(_SVG)
    return f"<{' '.join((match['name'], *sorted(attributes, key=_name_of)))}>"


def _name_of(attribute: str) -> str:
    return attribute.partition("=")[0]


if __name__ == "__main__":
    for prediction in predict(Path(sys.argv[1]) / "dev.pages.tar.xz"):
        print(json.dumps(prediction, ensure_ascii=False))
