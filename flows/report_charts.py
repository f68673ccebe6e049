"""The small drawings of the report, as inline SVG: shares, outcomes, histories and arrivals by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flows.markup import Markup, element, join
from warehouse.report import Arrival

OUTCOMES = ("articles", "repeats", "quarantined")
"""What a document becomes, in the order in which bars stack; also the CSS classes of their colours."""

_WIDTH, _HEIGHT = 720, 150
_FOOT, _HEAD, _AXIS = 18, 14, 34
_LEAST_DAYS = 14
_SPARK_WIDTH, _SPARK_HEIGHT = 96, 20
SPARK_FLOOR = 0.9


def share_bar(share: float, label: str) -> Markup:
    """Return a bar that is full at a share of 1."""
    return _bar([("track", 0.0, 100.0), ("fill", 0.0, 100 * share)], label)


def outcome_bar(counts: Mapping[str, int]) -> Markup:
    """Return a bar as long as the row, divided by outcome; nothing where there are no documents."""
    total = sum(counts[name] for name in OUTCOMES)
    if total == 0:
        return Markup("")
    parts, start = [], 0.0
    for name in OUTCOMES:
        width = 100 * counts[name] / total
        parts.append((name, start, width))
        start += width
    return _bar(parts, ", ".join(f"{counts[name]:,} {name}" for name in OUTCOMES))


def sparkline(shares: Sequence[float], label: str) -> Markup:
    """Return shares as a line, oldest on the left, the last point marked.

    The top is 1, the bottom SPARK_FLOOR or the lowest share below it: from 0 up, one failure in 200 could not be seen.
    """
    if not shares:
        return Markup("")
    inner_width, inner_height = _SPARK_WIDTH - 8, _SPARK_HEIGHT - 6
    step = inner_width / max(len(shares) - 1, 1)
    start = 4 + (inner_width if len(shares) == 1 else 0)
    drop = inner_height / (1 - min(SPARK_FLOOR, *shares))
    points = [(start + index * step, 3 + drop * (1 - share)) for index, share in enumerate(shares)]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    last_x, last_y = points[-1]
    return _svg(
        "spark",
        (_SPARK_WIDTH, _SPARK_HEIGHT),
        label,
        element("line", {"class": "rule", "x1": 4, "x2": _SPARK_WIDTH - 4, "y1": 3, "y2": 3}),
        element("polyline", {"points": drawn}),
        element("circle", {"cx": round(last_x, 1), "cy": round(last_y, 1), "r": 2.5}),
    )


def arrivals_by_day(arrivals: Sequence[Arrival], last: date, window_days: int) -> Markup:
    """Return one column a day, divided by outcome, from the first arrival to `last`, at least two weeks wide."""
    days = _days(arrivals, last, window_days)
    totals = {day: dict.fromkeys(OUTCOMES, 0) for day in days}
    for arrival in arrivals:
        for name in OUTCOMES:
            totals[arrival.day][name] += getattr(arrival, name)
    highest = max((sum(counts.values()) for counts in totals.values()), default=0) or 1
    slot = (_WIDTH - _AXIS) / len(days)
    columns = [_column(day, totals[day], _AXIS + slot * index, slot, highest) for index, day in enumerate(days)]
    return _svg("columns", (_WIDTH, _HEIGHT), "Documents by day and outcome", _scale(highest), *columns)


def _days(arrivals: Sequence[Arrival], last: date, window_days: int) -> list[date]:
    first = min((arrival.day for arrival in arrivals), default=last)
    count = min(max((last - first).days + 1, _LEAST_DAYS), window_days + 1)
    return [last - timedelta(days=back) for back in reversed(range(count))]


def _column(day: date, counts: Mapping[str, int], left: float, slot: float, highest: int) -> Markup:
    width = min(slot * 0.7, 40)
    x = left + (slot - width) / 2
    top = float(_HEIGHT - _FOOT)
    parts: list[Markup] = []
    for name in OUTCOMES:
        height = (_HEIGHT - _FOOT - _HEAD) * counts[name] / highest
        top -= height
        if counts[name]:
            parts.append(_rect(name, (x, top), (width, height)))
    title = f"{day}: " + ", ".join(f"{counts[name]:,} {name}" for name in OUTCOMES)
    label = _label((left + slot / 2, _HEIGHT - 5), "middle", f"{day:%b}" if day.day == 1 else str(day.day))
    return element("g", {}, element("title", {}, title), *parts, label)


def _scale(highest: int) -> Markup:
    lines = []
    for value, y in ((highest, _HEAD), (0, _HEIGHT - _FOOT)):
        lines.append(element("line", {"class": "rule", "x1": _AXIS, "x2": _WIDTH, "y1": y, "y2": y}))
        lines.append(_label((_AXIS - 6, y + 3.5), "end", f"{value:,}"))
    return join(lines)


def _bar(parts: Sequence[tuple[str, float, float]], label: str) -> Markup:
    drawn = [_rect(name, (start, 0), (width, 8)) for name, start, width in parts if width > 0]
    return _svg("bar", (100, 8), label, *drawn, stretch=True)


def _rect(kind: str, corner: tuple[float, float], size: tuple[float, float]) -> Markup:
    (x, y), (width, height) = corner, size
    attributes = {"x": round(x, 2), "y": round(y, 2), "width": round(width, 2), "height": round(height, 2)}
    return element("rect", {"class": kind, **attributes})


def _label(at: tuple[float, float], anchor: str, text: str) -> Markup:
    return element("text", {"x": round(at[0], 1), "y": at[1], "text-anchor": anchor}, text)


def _svg(kind: str, size: tuple[int, int], label: str, *children: Markup, stretch: bool = False) -> Markup:
    attributes = {
        "class": kind,
        "viewBox": f"0 0 {size[0]} {size[1]}",
        "preserveAspectRatio": "none" if stretch else None,
        "role": "img",
        "aria-label": label,
    }
    return element("svg", attributes, element("title", {}, label), *children)
