"""What the name of an archive's member says: a name is data, never a path of this machine."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from transforms.rows import Skipped

_PACKED = re.compile(r"\.(?:gz|gzip|bz2|xz|lzma|zst|zstd|tgz|tbz2?|txz|tzst|tar|zip)$", re.IGNORECASE)
_MEDIA = re.compile(
    r"\.(?:png|jpe?g|gif|webp|avif|bmp|tiff?|svg|ico|mp3|m4a|ogg|wav|mp4|m4v|webm|mov|avi|woff2?|ttf|otf|eot|css|m?js)$",
    re.IGNORECASE,
)
_LITTER = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


def file_name(name: str) -> str:
    """Return the last part of a member's name."""
    return re.split(r"[/\\]", name.rstrip("/\\"))[-1]


def is_packed_name(name: str) -> bool:
    """Return whether a name says that the file is packed."""
    return _PACKED.search(name) is not None


def unpacked_name(name: str) -> str:
    """Return a name without the suffixes of packing: `a.jsonl` of `a.jsonl.gz`, `a` of `a.tar.gz`."""
    bare = _PACKED.sub("", name)
    return name if not bare else unpacked_name(bare) if _PACKED.search(bare) else bare


def compressed_name(name: str) -> str:
    """Return the name of the file in a compressed one: `a.tar` of `a.tar.gz` and of `a.tgz`."""
    bare = _PACKED.sub("", name)
    short = PurePosixPath(name).suffix.lower() in (".tgz", ".tbz", ".tbz2", ".txz", ".tzst")
    return name if not bare else f"{bare}.tar" if short else bare


def why_no_article(name: str) -> Skipped | None:
    """Return why a member can be no article, by its name alone, or None."""
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".", "..")]
    reason = None
    if name.endswith(("/", "\\")):
        reason = "read.folder"
    elif any(part.lower() in _LITTER for part in parts):
        reason = "read.system_file"
    elif any(part.startswith(".") for part in parts):
        reason = "read.hidden_file"
    elif _MEDIA.search(name):
        reason = "read.media_file"
    return None if reason is None else Skipped(0, reason, repr(name))
