"""A desk whose disk fills up, is freed, becomes read-only and writable again; run in a process that may mount.

Prints one JSON object per line: what was tried, the error that came of it if any, and what a reader sees then.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from newsroom import Newsroom, article

from flows import foreign_errors

DISK = "24m"
ROOM = 640 * 1024
"""Left on the full disk: enough to begin a run, not for the parts of a large file."""


def tell(newsroom: Newsroom, about: str) -> None:
    """Try to ingest what is new, and print what became of it."""
    facts: dict[str, Any] = {"about": about, "error": None}
    try:
        newsroom.ingest(only_new=True)
    except foreign_errors.types() as error:
        facts["error"] = foreign_errors.explain(error, newsroom.data).lines()
    counts = (
        "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM documents), (SELECT sum(articles) FROM files)"
    )
    [facts["seen"]] = [[int(value) for value in row] for row in newsroom.ask(counts)]
    facts["waiting"] = newsroom.reasons()
    facts["unfinished"] = len(list(newsroom.data.glob("lake/*/.*")))
    print(json.dumps(facts), flush=True)


def fill(disk: Path) -> Path:
    """Take all room but a little; return what has to be removed to give it back."""
    ballast, last = disk / "ballast", disk / "last"
    last.write_bytes(b"x" * ROOM)
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 65536)
        except OSError:
            pass
    last.unlink()
    return ballast


def mount(*options: str) -> None:
    """Call the system's mount."""
    subprocess.run(["mount", *options], check=True, timeout=30)


def main(folder: Path) -> None:
    """Go through all of it; the inbox is on another disk."""
    disk = folder / "disk"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(disk))
    newsroom = Newsroom(folder, data=disk / "data", part_rows=100)
    newsroom.data = disk / "data"
    for number in range(8):
        newsroom.drop(f"{number}.txt", article(number))
    tell(newsroom, "room")
    rows = [{"headline": f"Row {number}", "body": article(number, words="harbour board") * 4} for number in range(300)]
    newsroom.drop("rows.jsonl", "\n".join(json.dumps(row) for row in rows))
    for number in range(8, 16):
        newsroom.drop(f"{number}.txt", article(number))
    ballast = fill(disk)
    tell(newsroom, "full")
    ballast.unlink()
    tell(newsroom, "free again")
    newsroom.drop("late.txt", article(99))
    mount("-o", "remount,ro", str(disk))
    tell(newsroom, "read-only")
    mount("-o", "remount,rw", str(disk))
    tell(newsroom, "writable again")
    print(json.dumps({"about": "audit", "findings": newsroom.findings()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
