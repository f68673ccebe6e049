"""Notices: items that are withdrawn and sent without their text, as agencies do with a kill.

They are no articles without a body: they take one back, and have to arrive.
"""

from __future__ import annotations

from collections.abc import Iterable

from transforms.rows import Found

WITHDRAWN = ("canceled", "withheld")
NOTICE = "notice_only"
"""Quality flag: the item is withdrawn and came without its text; its body is what it has to say of that."""
_SAID_IN = ("ed_note", "headline", "alt_id", "pub_status")


def find_notice(found: Iterable[Found]) -> str | None:
    """Return what stands for the text of an item that is withdrawn and came without one; None where it is not.

    It is the editor's note, else the headline, the id or the status: the item's own words in any case.
    """
    said = {each.field: str(each.value) for each in reversed(tuple(found))}
    if said.get("pub_status") not in WITHDRAWN:
        return None
    return next(said[field] for field in _SAID_IN if field in said)
