"""Zones of a page: above the story, in it, and below it. The same line is furniture in one and text in another."""

from __future__ import annotations

from enum import Enum


class Zone(Enum):
    """Where a line stands."""

    HEAD = "head"
    """Above the first paragraph that tells something."""
    MIDDLE = "middle"
    TAIL = "tail"
    """Below the last paragraph that tells something."""
