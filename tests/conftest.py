"""What all tests share: a real browser where there is one."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC_APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)


def pytest_configure() -> None:
    """Let Ctrl-C reach the processes that tests start, also where the shell that started pytest ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def find_chromium() -> str | None:
    """Return the command of a Chromium, `COPYDESK_CHROMIUM` before all others, or None."""
    named = os.environ.get("COPYDESK_CHROMIUM")
    found = [shutil.which(command) for command in ((named,) if named else _COMMANDS)]
    applications = [str(application) for application in _MAC_APPLICATIONS if not named and application.exists()]
    return next(filter(None, [*found, *applications]), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the command of a Chromium; a test that asks for it is skipped where there is none."""
    command = find_chromium()
    if command is None:
        pytest.skip("no Chromium found; COPYDESK_CHROMIUM may name one")
    return command


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say before the summary whether tests could look at pages in a real browser."""
    terminalreporter.write_line(f"browser: {'not run' if find_chromium() is None else 'run'}")
