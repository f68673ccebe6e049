"""The byline as printed, and the people it names. Better none than a wrong one."""

from __future__ import annotations

import re

from transforms.clean.byline import find_signature, split_names
from transforms.extract.moved import find_moved
from transforms.rows import Found, Story

_LINE = 0.9


def extract_byline(story: Story) -> tuple[Found, ...]:
    """Return `byline` and `authors`; a byline that names a desk or an agency only has no authors."""
    bylines = [find_signature(line) for line in find_moved(story.cleaned, "moved_to_byline")]
    signed = [byline for byline in bylines if byline is not None]
    printed = next((byline for byline in signed if byline.names), signed[0] if signed else None)
    found = [*_authors_of_placement(story)]
    if printed is not None:
        found.append(Found("byline", printed.byline, "byline_line", _LINE))
        if printed.names:
            found.append(Found("authors", tuple(to_spoken(name) for name in printed.names), "byline_line", _LINE))
    return tuple(found)


def to_spoken(name: str) -> str:
    """Return a name that is printed in capitals as it is spoken of: JANE McDOE → Jane McDoe."""
    if not name.replace("Mc", "").isupper():
        return name
    spoken = re.sub(r"[^\W\d_]+", lambda word: word.group().capitalize(), name)
    return re.sub(r"\bMc([a-z])", lambda match: "Mc" + match[1].upper(), spoken)


def _authors_of_placement(story: Story) -> tuple[Found, ...]:
    """Return the people in a byline that path, sidecar or format give without a list of authors."""
    bylines = [found for found in story.found if found.field == "byline" and isinstance(found.value, str)]
    if not bylines or any(found.field == "authors" for found in story.found):
        return ()
    best = max(bylines, key=lambda found: found.confidence)
    names = split_names(str(best.value))
    return (Found("authors", tuple(map(to_spoken, names)), best.method, best.confidence),) if names else ()
