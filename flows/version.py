"""Which copydesk this is."""

from __future__ import annotations

from importlib import metadata

DISTRIBUTION = "copydesk"
NOT_INSTALLED = "0.0.0+checkout"
"""What a checkout that nobody installed says of itself."""


def version() -> str:
    """Return the version of the installed distribution."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return NOT_INSTALLED
