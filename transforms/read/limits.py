"""What a file may cost, and the errors that say it costs more, or that it is damaged.

Both are about data and end as quarantine rows; they never leave `transforms.read`.

    UnreadableError
    ├── DamagedError    the bytes break off or contradict themselves; what was read before stands
    └── LimitError      a limit is reached; nothing more of the file is unpacked
"""

from __future__ import annotations

from collections.abc import Callable

from transforms.settings import MEBIBYTE, TransformSettings

FREE_BYTES = 128 * MEBIBYTE
"""So much may be unpacked before the ratio is asked for: a short file of blanks is no bomb."""


class UnreadableError(Exception):
    """A stream can't be read on; `reason` and `detail` are those of the quarantine row."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class DamagedError(UnreadableError):
    """The bytes break off or contradict themselves; `level` is the depth of the member that they belong to."""

    level: int | None = None


class LimitError(UnreadableError):
    """The file wants more than the settings give."""


class Budget:
    """What may still be unpacked of one file: bytes, their ratio to the bytes read, and members."""

    def __init__(self, settings: TransformSettings, read_bytes: Callable[[], int]) -> None:
        self._settings = settings
        self._read_bytes = read_bytes
        self._unpacked = 0
        self._members = 0

    def count_bytes(self, count: int) -> None:
        """Count unpacked bytes; raise LimitError when they are too many, or too many for what was read."""
        self._unpacked += count
        limit = self._settings.max_unpacked_bytes
        if self._unpacked > limit:
            raise LimitError(
                "read.unpacks_too_large",
                f"more than max_unpacked_bytes = {limit} came out of it; divide the file, or raise the limit",
            )
        ratio = self._settings.max_expansion
        read = self._read_bytes()
        if self._unpacked > FREE_BYTES and self._unpacked > ratio * read:
            raise LimitError(
                "read.expands_too_much",
                f"{self._unpacked} bytes came out of the first {read}, more than max_expansion = {ratio} times as "
                "many: a bomb, or very even data; unpack it yourself, or raise the limit",
            )

    def count_member(self) -> None:
        """Count a member; raise LimitError when there are too many."""
        self._members += 1
        limit = self._settings.max_members
        if self._members > limit:
            raise LimitError(
                "read.too_many_members",
                f"it has more than max_members = {limit} members; divide the archive, or raise the limit",
            )
