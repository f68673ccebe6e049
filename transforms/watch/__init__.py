"""*watch*: which watchlists an article belongs to, and where their phrases stand in it.

Light on purpose: the command reads and tries lists without pyarrow, which only `transforms.watch.matches` needs.
"""

from __future__ import annotations

WATCH_VERSION = "1"
"""Part of the version of every watchlist; raised whenever the same list may match other articles."""
