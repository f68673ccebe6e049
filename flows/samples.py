"""Where the sample articles lie that `copydesk demo` ingests: inside the wheel, or in the checkout."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path


def path() -> Path:
    """Return the folder of the sample articles.

    Raises FileNotFoundError when the installation lacks them.
    """
    package = resources.files("flows")
    for place in (package / "_samples", _checkout(package) / "samples"):
        if isinstance(place, Path) and place.is_dir():
            return place
    raise FileNotFoundError(
        f"The sample articles are missing: neither {package / '_samples'} nor {_checkout(package) / 'samples'} is a "
        "folder, so this installation of copydesk is incomplete. Install it again."
    )


def _checkout(package: Traversable) -> Path:
    """Return the folder that holds the package `flows`; in a checkout that is the checkout itself."""
    return Path(str(package)).parent
