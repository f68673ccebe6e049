"""The data-quality report on disk: `index.html` for people and `report.json` for programs, with the same figures."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from flows import report_page
from flows.json_values import to_iso
from warehouse.report import Figures

REPORT_VERSION = 1
"""Raised when a key of report.json changes its meaning or goes away."""
PAGE = "index.html"
DATA = "report.json"


def write_report(figures: Figures, folder: Path) -> Path:
    """Write both files into `folder`, making it, and return the address of the page.

    Each file is complete at any time: it is written under another name and renamed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / DATA, to_json(figures))
    _write(folder / PAGE, report_page.render(figures))
    return folder / PAGE


def to_json(figures: Figures) -> str:
    """Return the figures as JSON; docs/report.md lists the keys."""
    document = {"report_version": REPORT_VERSION, **asdict(figures)}
    return json.dumps(document, default=to_iso, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _write(file: Path, text: str) -> None:
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)
