"""Releases: an embargo is over, and the watchlists ring that had to wait for it.

A sweep looks for them, so they ring some minutes after the hour. What was told last is a fact of the ledger: a service
that was away makes up for it. One that is killed while it tells does so twice.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flows import alerts
from flows.desk import Desk
from warehouse import paths, watching
from warehouse.ledger import get_meta, set_meta
from warehouse.moments import to_moment, to_text
from warehouse.peek import open_catalog

TOLD_UNTIL = "released_until"
EVER = datetime(1970, 1, 1, tzinfo=UTC)


def ring_for_released(desk: Desk) -> None:
    """Tell of the watchlists that articles belong to which were under embargo when it was last looked."""
    root, now = desk.ledger.root, desk.now()
    if not paths.catalog(root).exists():
        return
    with desk.ledger.reading() as connection:
        since = to_moment(get_meta(connection, TOLD_UNTIL)) or EVER
    with open_catalog(root) as catalog:
        released = watching.released(catalog, since, now)
    if released:
        alerts.ring(alerts.group(released), run_id=None, snapshot=desk.ledger.read_snapshot().number)
        with desk.ledger.writing() as connection:
            set_meta(connection, TOLD_UNTIL, to_text(now))
