"""A line chart as SVG: one panel per measure, against size on a logarithmic axis; no library, no script in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT, MARGIN, LABELS = 420, 180, 20, 60
"""Pixels of a panel; labels stand to the left of it."""


class Panel(NamedTuple):
    """One measure."""

    title: str
    values: Sequence[float]
    bar: float | None
    """What it may not exceed."""


def draw(sizes: Sequence[int], panels: Sequence[Panel]) -> str:
    """Return panels below each other; `sizes` are common to all, 0 stands left of the smallest other."""
    height = HEIGHT * len(panels)
    parts = [_panel(sizes, panel, HEIGHT * number) for number, panel in enumerate(panels)]
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">'
    return "\n".join([opening, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>", ""])


def _panel(sizes: Sequence[int], panel: Panel, top: int) -> str:
    places = [math.log10(max(size, 1_000)) for size in sizes]
    highest = 1.1 * max([*panel.values, panel.bar or 0.0], default=1.0) or 1.0
    span = max(places) - min(places) or 1.0

    def across(place: float) -> float:
        return LABELS + (place - min(places)) / span * (WIDTH - LABELS - MARGIN)

    def down(value: float) -> float:
        return top + HEIGHT - 30 - value / highest * (HEIGHT - 60)

    points = [(across(place), down(value)) for place, value in zip(places, panel.values, strict=True)]
    parts = [f'<text x="{MARGIN}" y="{top + 18}" font-size="12">{escape(panel.title)}</text>']
    parts.append(f'<path d="M{LABELS} {down(highest):.0f}V{down(0):.0f}H{WIDTH - MARGIN}" stroke="gray" fill="none"/>')
    if panel.bar is not None:
        parts.append(
            f'<path d="M{LABELS} {down(panel.bar):.1f}H{WIDTH - MARGIN}" stroke="firebrick" stroke-dasharray="4"/>'
        )
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts.append(f'<polyline points="{line}" stroke="steelblue" stroke-width="2" fill="none"/>')
    for (x, y), size, value in zip(points, sizes, panel.values, strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="steelblue"/>')
        parts.append(f'<text x="{x:.1f}" y="{y - 6:.1f}" font-size="9" text-anchor="middle">{value:.4g}</text>')
        parts.append(f'<text x="{x:.1f}" y="{down(0) + 13:.0f}" font-size="9" text-anchor="middle">{size:,}</text>')
    return "\n".join(parts)
