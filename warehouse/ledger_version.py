"""Which version of the ledger this release writes; apart, so that those who only look need no SQLAlchemy."""

from __future__ import annotations

LEDGER_VERSION = 1
"""Version of the tables of `warehouse.ledger_schema`; a ledger of a newer one is refused, of an older one upgraded."""
