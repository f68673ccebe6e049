"""Values with mojibake: mended where that is proven, with a mark in their evidence."""

from __future__ import annotations

from typing import Any

import pytest

from transforms.extract.mended import is_mended_value, mend_value
from transforms.rows import Found, InfoSource

PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Le cafÃ© des pÃªcheurs ferme</title>
<meta property="og:title" content="Le cafÃ© des pÃªcheurs ferme">
<meta name="description" content="Le cafÃ© du port ferme aprÃ¨s trente ans.">
<meta name="news_keywords" content="pÃªche, port"><link rel="canonical" href="https://www.example.org/cafÃ©"></head>
<body><article><h1>Le cafÃ© des pÃªcheurs ferme</h1>
<p>Le café du port ferme ses portes samedi, après trente ans de soupes et de disputes, a dit sa patronne mardi.</p>
<p>Personne ne sait qui reprendra la maison, mais les pêcheurs y resteront jusqu’au matin, comme toujours.</p>
</article></body></html>"""


@pytest.mark.parametrize(
    ("value", "mended"),
    [
        ("Le cafÃ© des pÃªcheurs ferme", "Le café des pêcheurs ferme"),
        (("RenÃ©e Lefort", "Jane Doe"), ("Renée Lefort", "Jane Doe")),
        ((InfoSource("AgÃªncia Lusa", "agency"),), (InfoSource("Agência Lusa", "agency"),)),
    ],
)
def test_mojibake_in_a_value_is_undone_and_marked(value: Any, mended: Any) -> None:
    found = mend_value(Found("headline", value, "meta:og:title", 0.9))

    assert (found.value, found.method) == (mended, "meta:og:title:mended")
    assert is_mended_value(found)
    assert mend_value(found) == found


@pytest.mark.parametrize("value", ["Le café des pêcheurs", "Plain", 2024, ("São Paulo", "x")])
def test_a_whole_value_stays(value: Any) -> None:
    found = Found("headline", value, "h1", 0.9)

    assert mend_value(found) is found


def test_an_address_is_left_letter_by_letter() -> None:
    found = Found("url", "https://example.org/cafÃ©", "document", 0.9)

    assert mend_value(found) is found


def test_a_page_with_mended_values_carries_the_flag(trip: Any) -> None:
    kept = trip(PAGE, name="a.html").kept

    article = kept["articles"].to_pylist()[0]
    methods = {row["field"]: row["method"] for row in kept["evidence"].to_pylist()}
    assert article["headline"] == "Le café des pêcheurs ferme"
    assert article["description"] == "Le café du port ferme après trente ans."
    assert article["keywords"] == ["pêche", "port"]
    assert "mojibake_repaired" in article["quality_flags"]
    assert methods["description"].endswith(":mended")
