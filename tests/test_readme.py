"""The README tells the truth: its transcript is executed, and its links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
_TRANSCRIPT = re.compile(r"<!-- transcript:.*?-->\n```console\n(.*?)```\n<!-- /transcript -->", re.DOTALL)
_LINK = re.compile(r"\]\((?!https?://)([^)#\s]+)")


class Exchange(NamedTuple):
    """A command of the transcript and what it prints; a line `…` stands for any lines."""

    command: str
    printed: str

    def is_answered_by(self, printed: str) -> bool:
        parts = (".*" if line == "…" else re.escape(line) for line in self.printed.splitlines())
        return re.fullmatch("\n".join(parts), printed.removesuffix("\n"), re.DOTALL) is not None


def exchanges() -> list[Exchange]:
    (transcript,) = _TRANSCRIPT.findall(README.read_text(encoding="utf-8"))
    said = re.split(r"^\$ ", transcript, flags=re.MULTILINE)[1:]
    return [Exchange(*part.split("\n", 1)) for part in said]


def run(command: str, folder: Path) -> str:
    """Return what `command` prints, in `folder`, where `copydesk` is the one of this checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COPYDESK_", "PREFECT_"))}
    environment["PATH"] = f"{folder / 'bin'}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec 2>&1; {command}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.slow
def test_the_transcript_is_what_the_commands_print(tmp_path: Path) -> None:
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "copydesk"
    program = "from flows.cli import main; main()"
    paths = f"PYTHONPATH={shlex.quote(str(ROOT))}"
    command.write_text(f'#!/bin/sh\n{paths} exec {shlex.quote(sys.executable)} -c {shlex.quote(program)} "$@"\n')
    command.chmod(0o755)

    for exchange in exchanges():
        printed = run(exchange.command, tmp_path)

        assert exchange.is_answered_by(printed), f"$ {exchange.command}\n{printed}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = _LINK.findall(page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
