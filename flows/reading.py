"""Reading: the files of a batch, opened by the workers; what is too large for one batch comes back in parts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from flows import casualties, spool
from flows.desk import Desk
from flows.inbox import InboxFile, Problem, arrive, to_json
from flows.settle import Taken
from flows.sidecars import Sidecars
from flows.spool import Spooled, SpooledPart
from flows.work import FileWork, StillChanging, read_file
from flows.workers import Casualty
from transforms.read import FileReading, to_reading
from transforms.rows import Arrival
from warehouse import seen
from warehouse.ledger import Connection


class Read(NamedTuple):
    """What came of reading the files of a batch."""

    taken: list[Taken]
    later: list[tuple[InboxFile, SpooledPart]]
    """Parts of files that are too large for this batch, each to be a batch of its own, in order."""


async def read_files(desk: Desk, run_id: str, files: Sequence[InboxFile], *, strict: bool = False) -> Read:
    """Return what came of reading each file, in their order."""
    arrivals = _arrivals(desk, files)
    folder = spool.folder_of(desk.ledger.root, run_id)
    works = [
        FileWork(
            file.path,
            arrival,
            desk.transform_settings,
            file.size_bytes,
            file.modified_ns,
            file.kept,
            folder,
            strict,
        )
        for file, arrival in zip(files, arrivals, strict=True)
        if isinstance(arrival, Arrival)
    ]
    outcomes = iter(await desk.work(read_file, works))
    read = Read([], [])
    for file, arrival in zip(files, arrivals, strict=True):
        if isinstance(arrival, Problem):
            bare = Arrival(file.file_uri, file.name, desk.now())
            read.taken.append(Taken(file, bare, to_json(bare.placement), arrival))
            continue
        outcome = next(outcomes)
        if isinstance(outcome, Spooled):
            await _add_spooled(desk, read, file, arrival, outcome)
        else:
            read.taken.append(_to_taken(file, arrival, outcome))
    return read


async def read_part(desk: Desk, file: InboxFile, part: SpooledPart) -> Taken:
    """Return a part of a large file as if it were a file of its own."""
    (arrival,) = _arrivals(desk, [file])
    if isinstance(arrival, Problem):
        return Taken(file, Arrival(file.file_uri, file.name, desk.now()), "[]", arrival)
    loaded = await asyncio.to_thread(spool.load, part)
    return _to_taken(file, arrival, to_reading([loaded], part.spooled.ending))._replace(part=part)


def _arrivals(desk: Desk, files: Iterable[InboxFile]) -> list[Arrival | Problem]:
    sidecars = Sidecars()
    now = desk.now()
    return [file.problem or arrive(file, desk.transform_settings, sidecars, now=now) for file in files]


def _to_taken(
    file: InboxFile, arrival: Arrival, outcome: FileReading | Problem | StillChanging | Casualty[FileWork]
) -> Taken:
    read = casualties.to_problem(outcome) if isinstance(outcome, Casualty) else outcome
    if isinstance(read, FileReading) and read.members:
        arrival = replace(arrival, members=read.members)
    return Taken(file, arrival, to_json(arrival.placement), read)


async def _add_spooled(desk: Desk, read: Read, file: InboxFile, arrival: Arrival, spooled: Spooled) -> None:
    """Put the parts of a large file off, without those that have landed already."""
    ending = spooled.ending

    def how_far(connection: Connection) -> int | None:
        earlier = seen.seen_files(connection, [arrival.file_uri]).get(arrival.file_uri, {}).get(ending.file_id)
        if earlier is not None and earlier.placement == to_json(arrival.placement):
            return None
        progress = seen.progress_of(connection, arrival.file_uri, ending.file_id)
        return 0 if progress is None else progress["next_position"]

    position = await desk.ask(how_far)
    if position is None:
        read.taken.append(_to_taken(file, arrival, to_reading([spool.nothing()], ending)))
        return
    parts = [SpooledPart(spooled, number, position) for number in range(len(spooled.ends))]
    read.later.extend((file, part) for part in parts if part.is_last or part.next_position > position)
