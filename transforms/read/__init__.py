"""Read: a file becomes documents.

A reader has two halves: `split` cuts a file into documents, each self-contained, and `parse` understands one of them.
Containers are opened before: each file inside is read like one outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BufferedReader
from types import MappingProxyType
from typing import BinaryIO, NamedTuple

from transforms.read import (
    columnar,
    compressed,
    delimited,
    europresse,
    factiva,
    json_rows,
    linked_data,
    newsml_g2,
    nexis,
    ninjs,
    nitf,
    plain_text,
    tar_archive,
    web_archive,
    web_feed,
    web_page,
    zip_archive,
)
from transforms.read.leaves import Leaves
from transforms.read.limits import Budget, LimitError
from transforms.read.parts import Ending, Identified, Part, to_parts
from transforms.read.reader import Container, Reader
from transforms.read.sidecars import Sidecars, find_sidecars
from transforms.read.sniff import Opening, find_markup_kind
from transforms.read.streams import Limited, buffered, look_at
from transforms.read.unpack import Unpacking, find_container, strip_packing
from transforms.rows import Arrival, Placement, Rejected
from transforms.settings import TransformSettings
from transforms.split import Split, join
from warehouse.tables import set_columns

READERS: tuple[Reader, ...] = (
    Reader(newsml_g2.FORMAT, newsml_g2.sniff, newsml_g2.split, newsml_g2.parse),
    Reader(nitf.FORMAT, nitf.sniff, nitf.split, nitf.parse),
    Reader(web_feed.FORMAT, web_feed.sniff, web_feed.split, web_feed.parse),
    Reader(linked_data.FORMAT, linked_data.sniff, linked_data.split, linked_data.parse),
    Reader(ninjs.FORMAT, ninjs.sniff, ninjs.split, ninjs.parse),
    Reader(web_archive.FORMAT, web_archive.sniff, web_archive.split, web_archive.parse),
    Reader(columnar.FORMAT, columnar.sniff, columnar.split, columnar.parse, random_access=True),
    Reader(json_rows.FORMAT, json_rows.sniff, json_rows.split, json_rows.parse),
    Reader(delimited.FORMAT, delimited.sniff, delimited.split, delimited.parse),
    Reader(nexis.FORMAT, nexis.sniff, nexis.split, nexis.parse, random_access=True),
    Reader(factiva.FORMAT, factiva.sniff, factiva.split, factiva.parse),
    Reader(europresse.FORMAT, europresse.sniff, europresse.split, europresse.parse),
    Reader(web_page.FORMAT, web_page.sniff, web_page.split, web_page.parse),
    Reader(plain_text.FORMAT, plain_text.sniff, plain_text.split, plain_text.parse),
)
"""The first reader whose `sniff` says yes reads the file; plain text takes what is left, so it stands last."""

CONTAINERS: tuple[Container, ...] = (*compressed.CONTAINERS, zip_archive.CONTAINER, tar_archive.CONTAINER)
"""Asked before the readers; the first whose `sniff` says yes opens the file."""

BY_FORMAT = {reader.format: reader for reader in READERS}


class FileReading(NamedTuple):
    """What a file holds: `split` keeps `documents` and `skipped`; the rest is what the file's receipt needs."""

    split: Split
    file_id: str
    size_bytes: int
    format: str | None
    """Name of the reader or container; None when none took the file."""
    members: Mapping[str, Placement] = MappingProxyType({})
    """What lies beside the members of an archive says of them: for `Arrival.members` when its documents go on."""


def read(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> FileReading:
    """Return the documents of a file, with the id and size of its bytes; nothing of it is understood yet.

    `raw` of the documents is always there: `prepare` drops it where `keep_raw` says so.
    Raises OSError when `source` can't be read to its end. For files that may be large there is `read_parts`.
    """
    told = list(read_parts(source, arrival, settings))
    ending = next(each for each in told if isinstance(each, Ending))
    return to_reading([each for each in told if isinstance(each, Part)], ending)


def to_reading(parts: Sequence[Part], ending: Ending) -> FileReading:
    """Return parts of a file as what the file holds, with what its ending says of it."""
    whole = join(part.split for part in parts)
    facts = {"file_id": ending.file_id}
    kept = {name: set_columns(table, facts) for name, table in whole.kept.items()}
    members = {name: placement for part in parts for name, placement in part.members.items()}
    split = Split(kept, set_columns(whole.rejected, facts))
    return FileReading(split, ending.file_id, ending.size_bytes, ending.format, members)


def read_parts(source: BinaryIO, arrival: Arrival, settings: TransformSettings) -> Iterator[Part | Ending]:
    """Yield what a file holds in parts of bounded size, in the order of positions, and its ending behind them.

    Memory does not grow with the file. `file_id` is NULL in the parts: only the ending knows it.
    Raises OSError when `source` can't be read to its end.
    """
    settings = settings.for_source(arrival.source)
    sidecars = Sidecars()
    whole = Limited(source, settings.max_file_bytes)
    head, stream = look_at(buffered(whole))
    opening = Opening(head, arrival.name)
    leaves = Leaves(source, whole, arrival, sidecars, settings, find_reader, tuple(BY_FORMAT))
    outcomes = _outcomes(leaves, opening, stream)
    yield from to_parts(outcomes, replace(arrival, members=sidecars), settings)
    whole.drain()
    yield Ending(whole.id, whole.size_bytes, find_format(opening))


def find_format(opening: Opening) -> str | None:
    """Return the name of the container or reader that takes a file, or None."""
    taker = find_container(CONTAINERS, opening) or (find_reader(strip_packing(opening)) if opening.head else None)
    return None if taker is None else taker.format


def find_reader(opening: Opening) -> Reader | None:
    """Return the reader of a file that opens like this, or None when no reader knows it."""
    reader = next((reader for reader in READERS if reader.sniff(opening)), None)
    is_text = reader is not None and reader.format == plain_text.FORMAT
    return None if is_text and find_markup_kind(opening.head) is not None else reader


def _outcomes(leaves: Leaves, opening: Opening, stream: BufferedReader) -> Iterator[Identified]:
    """Yield what became of everything in a file; a limit that it breaks ends it with one rejection."""
    settings, whole = leaves.settings, leaves.whole
    budget = Budget(settings, lambda: whole.size_bytes)
    unpacking = Unpacking(CONTAINERS, budget, settings, leaves.visit, leaves.refuse)
    try:
        if find_container(CONTAINERS, opening) is not None:
            find_sidecars(leaves.sidecars, leaves.source, whole.size_bytes, unpacking)
        yield from unpacking.run(stream, opening.name)
    except LimitError as error:
        yield Identified(Rejected(error.reason, error.detail))
    if whole.is_cut:
        detail = (
            f"the file goes on at byte {whole.size_bytes}, beyond max_file_bytes = {settings.max_file_bytes}; divide it"
        )
        yield Identified(Rejected("read.file_too_large", detail))
