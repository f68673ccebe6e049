"""Sidecars inside an archive: `x.json` beside `x.txt`, and metadata.csv in a folder, as in an inbox.

They may stand behind what they speak of, so an archive is gone through for them before it is read.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, BinaryIO

from transforms.read.columns import Given
from transforms.read.limits import Budget, LimitError, UnreadableError
from transforms.read.placement import join_placements, placement_from_mapping
from transforms.read.streams import Limited, buffered
from transforms.read.unpack import Leaf, Unpacking
from transforms.rows import Placement, Rejected, Skipped
from transforms.settings import MEBIBYTE

MAX_BYTES = MEBIBYTE
"""A larger sidecar is not read: it says something of one article."""
MAX_BYTES_IN_ALL = 64 * MEBIBYTE
"""What is kept of all sidecars of a file while it is read."""
TABLE_NAME = "metadata.csv"

_Seen = tuple[str, bytes]
"""A member's path in its archive, and its bytes where they were asked for; an empty path is passed over."""

_TEXT = re.compile(r"\.te?xt$", re.IGNORECASE)
_JSON = re.compile(r"\.json$", re.IGNORECASE)


class Sidecars(Mapping[str, Placement]):
    """What the sidecars of one file say, by the member that they speak of; read only when asked for."""

    def __init__(self) -> None:
        self._said: dict[str, list[bytes]] = {}
        self._broken: dict[str, str] = {}
        self._paths: set[str] = set()
        self._bytes = 0

    def __getitem__(self, member: str) -> Placement:
        said = self._said[member]
        return join_placements(*(placement_from_mapping(json.loads(each), "sidecar") for each in said))

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def __len__(self) -> int:
        return len(self._said)

    def is_sidecar(self, path: str) -> bool:
        """Return whether a member is a sidecar."""
        return path in self._paths

    def find_broken(self, member: str) -> str | None:
        """Return what is wrong with the sidecar of a member, or None."""
        return self._broken.get(member)

    def add_object(self, path: str, member: str, raw: bytes) -> None:
        """Take what the sidecar at `path` says of `member`."""
        self._paths.add(path)
        try:
            said = json.loads(raw)
            if not isinstance(said, dict):
                raise ValueError(f"it holds {type(said).__name__}, not an object of names and values")
            self._say(member, said)
        except (ValueError, RecursionError) as error:
            self._broken[member] = f"its sidecar {path!r} can't be read ({error}); mend it and bring the archive again"

    def add_table(self, path: str, raw: bytes) -> None:
        """Take what the rows of a metadata.csv say of the members of its folder."""
        rows = csv.DictReader(io.StringIO(raw.decode("utf-8-sig", "replace"), newline=""))
        try:
            if "file" not in (rows.fieldnames or ()):
                return
            self._paths.add(path)
            for row in rows:
                said = {key: value for key, value in row.items() if key not in (None, "file") and value}
                self._say(path[: -len(TABLE_NAME)] + str(row["file"]), said)
        except csv.Error:
            return

    def _say(self, member: str, said: Mapping[str, Given]) -> None:
        text = json.dumps(said, ensure_ascii=False).encode()
        self._bytes += len(text)
        if self._bytes > MAX_BYTES_IN_ALL:
            raise LimitError(
                "read.sidecars_too_large",
                f"its sidecars hold more than {MAX_BYTES_IN_ALL} bytes; divide the archive",
            )
        self._said.setdefault(member, []).append(text)


def find_sidecars(sidecars: Sidecars, source: BinaryIO, ahead: int, reading: Unpacking[Any]) -> None:
    """Fill `sidecars` with what lies beside the members of a file; `source` is left where it stands, `ahead` bytes in.

    Where `source` can't be read twice they say nothing. Raises LimitError where they say too much.
    """
    if not source.seekable():
        return
    stands = source.tell()
    walk = _Walk(source, stands - ahead, reading)
    try:
        texts: dict[str, str] = {}
        others: list[str] = []
        for path, _ in walk.run(lambda leaf: iter([(leaf.path or "", b"")])):
            if _TEXT.search(path):
                texts[_stem(path)] = path
            elif _JSON.search(path) or _is_table(path):
                others.append(path)
        wanted = {path for path in others if _stem(path) in texts or _is_table(path)}
        for path, raw in walk.run(lambda leaf: _read_wanted(leaf, wanted)) if wanted else ():
            if _is_table(path):
                sidecars.add_table(path, raw)
            else:
                sidecars.add_object(path, texts[_stem(path)], raw)
    finally:
        source.seek(stands)


class _Walk:
    """A way through a file's members that can be gone more than once; damage and limits end it early."""

    def __init__(self, source: BinaryIO, begin: int, reading: Unpacking[Any]) -> None:
        self._source = source
        self._begin = begin
        self._reading = reading

    def run(self, visit: Callable[[Leaf], Iterator[_Seen]]) -> Iterator[_Seen]:
        """Yield what is seen of each member inside an archive."""
        self._source.seek(self._begin)
        settings = self._reading.settings
        whole = Limited(self._source, settings.max_file_bytes)
        budget = Budget(settings, lambda: whole.size_bytes)
        unpacking = Unpacking(self._reading.containers, budget, settings, visit, _refuse)
        try:
            yield from (seen for seen in unpacking.run(buffered(whole), "") if seen[0])
        except UnreadableError:
            return


def _refuse(refused: Skipped | Rejected) -> _Seen:
    return "", b""


def _read_wanted(leaf: Leaf, wanted: Collection[str]) -> Iterator[_Seen]:
    if leaf.path is not None and leaf.path in wanted:
        raw = leaf.stream.read(MAX_BYTES + 1)
        if len(raw) <= MAX_BYTES:
            yield leaf.path, raw


def _is_table(path: str) -> bool:
    return path.endswith(TABLE_NAME) and path[: -len(TABLE_NAME)][-1:] in ("", "/")


def _stem(path: str) -> str:
    return path.rpartition(".")[0]
