"""What does a scan of a full inbox cost, when nothing in it is new?

Question:  100,000 files lie in an inbox and all of them have landed. How long does a scan take that compares name, size
           and time with the ledger, and opens none of them? How long does it take to find those that are new?
Command:   python -m benchmarks.scan --files 100000
Answer:    seconds of the clock and of the processor, by step.

The files are empty, in folders of a thousand; the ledger is filled with their arrivals directly.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flows import runs, settings
from flows.desk import Desk
from flows.inbox import InboxFile, find_files
from warehouse import ledger_schema as schema

PER_FOLDER = 1_000
NEW = 100


def main() -> int:
    """Fill an inbox, scan it, print what it took; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        inbox = Path(name) / "inbox"
        fill(inbox, options.files)
        desk = Desk(settings.load({"data": Path(name) / "data", "inbox": [inbox]}))
        files = list(find_files([inbox], [inbox]))
        remember(desk, files)
        request = runs.Request([inbox], only_new=True)
        for _ in range(options.rounds):
            took("list the folders, look at each file", lambda: list(find_files([inbox], [inbox])))
            took("the whole scan, nothing new", lambda: runs.find(desk, request))
        for number in range(NEW):
            (inbox / f"new-{number}.txt").touch()
        found = took(f"the whole scan, {NEW} new", lambda: runs.find(desk, request))
        desk.close()
    return 0 if len(found) == NEW else 1


def fill(inbox: Path, count: int) -> None:
    """Make `count` empty files."""
    for number in range(count):
        folder = inbox / f"{number // PER_FOLDER:04}"
        if number % PER_FOLDER == 0:
            folder.mkdir(parents=True)
        (folder / f"{number}.txt").touch()


def remember(desk: Desk, files: list[InboxFile]) -> None:
    """Let the ledger know the files as they are."""
    with desk.ledger.writing() as connection:
        connection.execute(schema.arrivals.insert(), list(_rows(files)))


def _rows(files: list[InboxFile]) -> Iterator[dict[str, Any]]:
    for number, file in enumerate(files):
        yield {
            "file_uri": file.file_uri,
            "file_id": f"{number:032x}",
            "size_bytes": file.size_bytes,
            "modified_ns": file.modified_ns,
            "placement": "[]",
            "run_id": "benchmark",
        }


def took(step: str, function: Callable[[], list[InboxFile]]) -> list[InboxFile]:
    """Return what `function` returns, and print what it took."""
    wall, processor = time.perf_counter(), time.process_time()
    found = function()
    print(f"{step:<38}{time.perf_counter() - wall:6.2f} s, processor {time.process_time() - processor:6.2f} s")
    return found


if __name__ == "__main__":
    sys.exit(main())
