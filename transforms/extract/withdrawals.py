"""Withdrawals: how an article says that an item may not be used any more — itself, or one that it names.

Sources: the status of ninjs, NewsML-G2 and NITF; `management-doc-idref` of NITF 3.6; kill notes as the stylebooks of
AP ("Please kill the story Slug, V1234. … A kill is mandatory.") and dpa (KILL KILL KILL, "Please kill item dpa 157
"Headline"") write them. A text that merely tells of a kill has neither form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from transforms.read.notices import WITHDRAWN
from transforms.rows import Found

NOTE_CHARS = 3_000
"""A kill note is short; longer texts quote one."""

_SLUG_NOTE = re.compile(
    r"\bkill (?:the )?(?:story|item) (?P<slugline>[^\s,.][^,.\n]{1,80}),? [A-Z]?\d{3,5}\b", re.IGNORECASE
)
_MANDATORY = re.compile(r"\b(?:a|this) kill is mandatory\b", re.IGNORECASE)
_HEADLINE_NOTE = re.compile(r"\bPlease kill item \w{2,5} \d{1,5},? [\"“„](?P<headline>[^\"”“]{5,200})[\"”“]")
_HEADLINE_MARK = re.compile(r"\bKILL KILL KILL\b")


class Withdrawal(NamedTuple):
    """An item that may not be used: the column of `articles` by which it is known, and what stands there."""

    field: str
    value: str


def find_withdrawals(text: str, values: Mapping[str, Found], withdraws: str | None) -> tuple[Withdrawal, ...]:
    """Return what an article withdraws; mostly nothing.

    `text` is that of the whole document, `values` are those of the article's columns, and `withdraws` is the id of
    another item, where the format has a place for it.
    """
    found = []
    status = values.get("pub_status")
    if status is not None and status.value in WITHDRAWN:
        found.append(Withdrawal("pub_status", str(status.value)))
    if withdraws is not None:
        found.append(Withdrawal("alt_id", withdraws))
    if len(text) <= NOTE_CHARS:
        for mark, note in ((_MANDATORY, _SLUG_NOTE), (_HEADLINE_MARK, _HEADLINE_NOTE)):
            match = note.search(text) if mark.search(text) else None
            found.extend(Withdrawal(*each) for each in (match.groupdict().items() if match else ()))
    return tuple(found)
