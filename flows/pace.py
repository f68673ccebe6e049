"""The pace of arrivals: when those that wait are due to travel. Pure: whoever asks brings the clock.

A lone file goes at once, and so does one after the other as long as the hour's runs are not half used up. On a busy
day files gather, so that no more flow runs begin than an hour may have: each costs Prefect's database some 100 kB.
"""

from __future__ import annotations

from typing import NamedTuple

HOUR = 3600.0
AT_ONCE_SHARE = 1 / 6
"""Of an hour's runs so many may follow each other without a pause; the others are spread over the hour."""


class Limits(NamedTuple):
    """How arrivals gather."""

    runs_per_hour: int
    """Most runs that begin within any hour."""
    gather_seconds: float
    """How long a file waits for others on a busy day."""
    lone_seconds: float
    """A file that comes so long after the one before is a lone one."""
    files: int
    size_bytes: int
    """So many files, or bytes, have gathered for long enough."""


class Waiting(NamedTuple):
    """What has arrived whole and waits."""

    files: int
    size_bytes: int
    since: float
    """When the first of them arrived."""


class Pace:
    """Counts runs and arrivals; times are seconds of any one clock that does not go back."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._most = max(1.0, limits.runs_per_hour * AT_ONCE_SHARE)
        self._per_second = max(limits.runs_per_hour - self._most, 1.0) / HOUR
        self._left = self._most
        self._counted_at = now
        self._last_arrival = now - HOUR
        self._is_lone = True

    def note_arrival(self, now: float) -> None:
        """Note that something has arrived; what comes at the same time is one arrival."""
        self._is_lone = now - self._last_arrival >= self._limits.lone_seconds
        self._last_arrival = now

    def note_run(self, now: float) -> None:
        """Note that a run begins."""
        self._count(now)
        self._left -= 1

    def due_in(self, waiting: Waiting, now: float) -> float:
        """Return in how many seconds what waits is due to travel; 0 when it is."""
        self._count(now)
        until_free = max(0.0, (1 - self._left) / self._per_second)
        if self._is_lone or self._left > self._most / 2 or self._is_enough(waiting):
            return until_free
        return max(until_free, waiting.since + self._limits.gather_seconds - now)

    def _is_enough(self, waiting: Waiting) -> bool:
        return waiting.files >= self._limits.files or waiting.size_bytes >= self._limits.size_bytes

    def _count(self, now: float) -> None:
        """Add the runs that have become free since it was asked last."""
        elapsed = max(0.0, now - self._counted_at)
        self._left = min(self._most, self._left + elapsed * self._per_second)
        self._counted_at = now
