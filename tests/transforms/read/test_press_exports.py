"""Exports of press databases: every article of a file lands with what its fields say, and nothing is lost."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from format_cases import Trip, travel

from transforms.read import BY_FORMAT
from transforms.read.rich_text import MAX_DEPTH, RichTextError, read_rich_text
from transforms.rows import Reading
from transforms.settings import TransformSettings

SAMPLES = Path(__file__).parents[3] / "samples"
PLAIN = SAMPLES / "22-court-bridge-verdict.txt"
FORMS = ("factiva.html", "factiva.rtf", "europresse.html", "nexis.docx")
STORY = (
    "The council of Hadring voted on Monday to close the ferry for the winter, after a storm had broken its chain.",
    "Mayor Odile Brandt said that a new chain had been ordered from a forge in the north of the country.",
    "The ferry carries 300 people a day, most of them pupils of the school on the other bank of the river.",
)
NEXIS = (
    "Ferry closed for winter",
    "Hadring Evening Post",
    "12. März 2024 Dienstag",
    "Copyright 2024 Hadring Evening Post",
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def sample(form: str) -> bytes:
    return (SAMPLES / "formats" / f"bridge-verdict.{form}").read_bytes()


def word_document(lines: Sequence[str], main: str = "word/document.xml") -> bytes:
    paragraphs = "".join(f"<w:p><w:r><w:t>{html.escape(line)}</w:t></w:r></w:p>" for line in lines)
    return packed({main: f'<w:document xmlns:w="{WORD}"><w:body>{paragraphs}</w:body></w:document>'.encode()})


def packed(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def nexis(*labels: str, body: str = "Body", end: str = "End of Document") -> list[str]:
    return [*NEXIS, *labels, body, *STORY, "Classification", "Load-Date: March 13, 2024", end]


def factiva_page(*articles: str, end: str = "</body></html>") -> bytes:
    divs = "".join(f'<div class="article deArticle">{each}</div>' for each in articles)
    return f'<html><head><meta charset="utf-8"><title>Factiva</title></head><body>{divs}{end}'.encode()


def printed(headline: str, number: str) -> str:
    text = "".join(f'<p class="articleParagraph dearticleParagraph">{each}</p>' for each in STORY)
    lines = ("300 Wörter", "12. März 2024", "09:30", "Hadring Evening Post", "HADPOS", "Deutsch", "© 2024 Hadring Post")
    return (
        f'<div>Lokales</div><div id="hd"><span class="deHeadline">{headline}</span></div>'
        f'<div class="author">Von Odo Grell</div>{"".join(f"<div>{each}</div>" for each in lines)}{text}'
        f"<p>Dokument HADPOS0020240312ek3c000{number}</p>"
    )


def europresse(*headers: str, text: Sequence[str] = STORY) -> bytes:
    articles = "".join(
        f'<article><header><span class="DocPublicationName">La Croix, no. 43018</span>'
        f'<span class="DocHeader">{header}</span>'
        '<div class="titreArticle"><p class="titreArticleVisu rdp__articletitle">Le bac fermé pour l’hiver</p></div>'
        "</header>"
        f'<section><div class="docOcurrContainer">{"".join(f"<p>{each}</p>" for each in text)}</div></section>'
        f'<div class="publiC-lblNodoc">news·20240312·LC·{index}</div></article>'
        for index, header in enumerate(headers)
    )
    return f'<html><head><meta charset="utf-8"><title>Europresse</title></head><body>{articles}</body></html>'.encode()


def reasons(trip: Trip) -> list[str]:
    return [row["reason"] for row in trip.rejected]


def values(trip: Trip, *fields: str) -> list[Any]:
    return [trip.articles[0][field] for field in fields]


@pytest.mark.parametrize("form", FORMS)
def test_an_export_has_the_article_as_it_is_in_plain_text(form: str) -> None:
    plain = travel(PLAIN.read_bytes(), PLAIN.name).articles[0]

    trip = travel(sample(form), f"bridge-verdict.{form}")

    assert trip.rejected == []
    assert trip.format == form.partition(".")[0]
    (article,) = trip.articles
    assert article["body"] == plain["body"]
    assert (article["headline"], article["authors"]) == (plain["headline"], ["Tamsin Holloway"])
    assert str(article["published_on"]) == "2024-06-14"
    assert article["info_sources"] == [{"name": "Hadring Evening Post", "role": "publisher"}]
    assert (article["language"], article["section"].lower(), article["quality_flags"]) == ("en", "courts", [])
    if form != "europresse.html":
        assert str(article["published_at"]) == "2024-06-14 13:05:00"


@pytest.mark.parametrize("form", FORMS)
def test_an_article_can_be_read_alone_from_its_raw(form: str) -> None:
    documents = travel(sample(form), f"bridge-verdict.{form}").documents

    for row in documents:
        again = travel(row["raw"], f"bridge-verdict.{form}")
        assert [each["document_id"] for each in again.documents] == [row["document_id"]]
        reading = BY_FORMAT[row["format"]].parse(row["raw"], row["encoding"], TransformSettings())
        assert isinstance(reading, Reading)


def test_the_method_names_the_field_of_the_export() -> None:
    trip = travel(sample("factiva.html"), "bridge-verdict.factiva.html")

    methods = {row["field"]: row["method"] for row in trip.evidence}
    assert methods["published_at"] == "factiva:PD"
    assert (methods["headline"], methods["alt_id"], methods["section"]) == ("factiva:HD", "factiva:AN", "factiva:SE")


def test_an_export_in_a_zip_is_read_like_one_outside() -> None:
    archive = packed({f"all/{form}": sample(form) for form in FORMS})

    trip = travel(archive, "exports.zip")

    assert (trip.format, trip.rejected) == ("zip", [])
    assert [row["format"] for row in trip.documents] == ["factiva", "factiva", "europresse", "nexis"]
    assert trip.documents[3]["member"] == "all/nexis.docx"


def test_every_article_of_a_word_document_lands_and_its_cover_page_is_skipped() -> None:
    cover = [
        "User Name: A. Nyone",
        "Date and Time: Friday, March 15, 2024",
        "Documents (2)",
        "1. Ferry closed for winter",
    ]

    trip = travel(word_document([*cover, *nexis("Rubrik: LOKALES; S. 4"), *nexis("Byline: Odo Grell")]), "e.docx")

    assert trip.rejected == []
    assert [row["reason"] for row in trip.skipped] == ["read.cover_page"]
    assert [article["headline"] for article in trip.articles] == ["Ferry closed for winter"] * 2
    assert [article["section"] for article in trip.articles] == ["LOKALES", None]
    assert {str(article["published_on"]) for article in trip.articles} == {"2024-03-12"}
    assert trip.articles[0]["body"] == "\n\n".join(STORY)


def test_a_word_document_that_starts_with_another_member_is_no_archive_either() -> None:
    document = packed({"customXml/item1.xml": b"<a/>", "word/document.xml": b"<document/>"})

    assert reasons(travel(document, "letter.docx")) == ["read.unknown_format"]


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (sample("nexis.docx")[:900], "read.archive_damaged"),
        (word_document(nexis(), "word/other.xml"), "read.unknown_format"),
        (packed({"word/document.xml": b"<w:document>"}), "read.not_xml"),
        (word_document(["Dear editor,", "the ferry is closed."]), "read.unknown_format"),
        (word_document([*nexis(), *nexis()[:-1]]), "read.export_cut"),
    ],
)
def test_a_broken_word_document_goes_to_quarantine_with_its_reason(file: bytes, reason: str) -> None:
    assert reasons(travel(file, "e.docx")) == [reason]


def test_a_word_document_that_expands_too_much_is_refused() -> None:
    line = ["x" * 1_000_000] * 150

    trip = travel(word_document([*line, *nexis()]), "bomb.docx", max_document_bytes=1 << 30)

    assert reasons(trip) == ["read.expands_too_much"]


def test_entities_of_a_word_document_do_not_multiply() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 50 if n else "ha"}">' for n in range(8))
    bomb = f'<!DOCTYPE w [{entities}]><w:document xmlns:w="{WORD}"><w:p><w:r><w:t>&e7;</w:t></w:r></w:p></w:document>'

    assert reasons(travel(packed({"word/document.xml": bomb.encode()}), "e.docx")) == ["read.not_xml"]


def test_printed_articles_of_factiva_give_their_lines_by_form() -> None:
    trip = travel(factiva_page(printed("Fähre geschlossen", "01"), printed("Fähre bleibt zu", "02")), "f.html")

    assert trip.rejected == []
    assert [article["headline"] for article in trip.articles] == ["Fähre geschlossen", "Fähre bleibt zu"]
    assert values(trip, "authors", "language", "section") == [["Odo Grell"], "de", "Lokales"]
    assert values(trip, "alt_id", "published_raw") == ["HADPOS0020240312ek3c00001", "12. März 2024 09:30"]
    assert trip.articles[0]["info_sources"] == [{"name": "Hadring Evening Post", "role": "publisher"}]
    assert (trip.articles[0]["published_at"], str(trip.articles[0]["published_on"])) == (None, "2024-03-12")


def test_an_article_that_was_never_closed_does_not_hold_the_next() -> None:
    page = factiva_page(printed("One", "01"), printed("Two", "02")).replace(
        b'</div><div class="article', b'<div class="article'
    )

    assert [article["headline"] for article in travel(page, "f.html").articles] == ["One", "Two"]


def test_attributes_that_no_xml_may_have_do_no_harm() -> None:
    page = factiva_page(printed("One", "01").replace("<p class", "<p \x01 {a=b class"))

    assert [article["headline"] for article in travel(page, "f.html").articles] == ["One"]


def test_a_page_that_ends_in_an_article_lands_the_others() -> None:
    page = factiva_page(printed("One", "01"), printed("Two", "02"), end="")
    cut = page[: page.rindex(b"most of them")]

    trip = travel(cut, "f.html")

    assert [article["headline"] for article in trip.articles] == ["One"]
    assert reasons(trip) == ["read.export_cut"]


def test_a_web_page_that_only_bears_the_name_is_read_as_a_web_page() -> None:
    story = "".join(f"<p>{each}</p>" for each in STORY)
    page = f"<html><head><title>Europresse</title></head><body><article><h1>Ferry</h1>{story}</article></body></html>"

    trip = travel(page.encode(), "factiva-and-europresse.html")

    assert [row["format"] for row in trip.documents] == ["web_page"]
    assert trip.articles[0]["body"] == "\n\n".join(STORY)


@pytest.mark.parametrize("page", [factiva_page(), factiva_page("<p> </p>"), europresse("mardi 12 mars 2024", text=())])
def test_exports_without_a_story_are_accounted_for(page: bytes) -> None:
    trip = travel(page, "e.html")

    assert trip.articles == []
    assert next(row["reason"] for row in (*trip.rejected, *trip.skipped)) in (
        "read.no_story",
        "read.entry_without_text",
        "read.no_body",
    )


def test_rich_text_with_field_codes_gives_the_same_as_a_page() -> None:
    fields = {
        "SE": "Lokales",
        "HD": "Ferry closed",
        "BY": "Odo Grell",
        "PD": "12 mars 2024",
        "SN": "La Poste",
        "LA": "Français",
        "LP": STORY[0],
        "TD": "\\par ".join(STORY[1:]),
        "AN": "Document LAPOST0020240312ek3c00001",
    }
    rows = "".join(f"{{\\b {code}}}\\cell {text}\\cell\\row\n" for code, text in fields.items())

    trip = travel(f"{{\\rtf1\\ansi {rows}}}".encode(), "f.rtf")

    assert trip.rejected == []
    assert values(trip, "headline", "section", "body") == ["Ferry closed", "Lokales", "\n\n".join(STORY)]
    assert str(trip.articles[0]["published_on"]) == "2024-03-12"


def test_rich_text_that_breaks_off_lands_its_whole_articles() -> None:
    whole = sample("factiva.rtf")
    twice = whole[: whole.index(b"\\page")] + b"{\\b Ferry closed}\\par 14 June 2024\\par The ferry was clo"

    trip = travel(twice, "f.rtf")

    assert len(trip.articles) == 1
    assert reasons(trip) == ["read.export_cut"]


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"{\\rtf1 Dear editor, the ferry is closed.\\par}", "read.unknown_format"),
        (b"{\\rtf1 " + b"{" * 2000, "read.rich_text_limits"),
    ],
)
def test_other_rich_text_goes_to_quarantine(file: bytes, reason: str) -> None:
    assert reasons(travel(file, "letter.rtf")) == [reason]


@pytest.mark.parametrize(
    ("rich", "text"),
    [
        (rb"{\rtf1\ansi caf\'e9 \u8217?s \emdash end\par}", "café ’s —end"),
        (rb"{\rtf1\ansicpg932 \'93\'fa\'96\'7b\par}", "日本"),
        (rb"{\rtf1\uc2 \u233??t\'e9\uc0\u233 \par}", "étéé"),
        (rb"{\rtf1 \u-10179?\u-8704?\par}", "😀"),
        (rb"{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator Word;}{\info{\title no}}a \{b\}\~c\par}", "a {b}\u00a0c"),
        (rb"{\rtf1 {\pict\bin4 }}{{}abc\par}", "abc"),
    ],
)
def test_rich_text_is_read_as_its_control_words_say(rich: bytes, text: str) -> None:
    assert [each.text for each in read_rich_text(rich).paragraphs] == [text]


def test_bold_ends_with_its_group() -> None:
    paragraphs = read_rich_text(rb"{\rtf1 {\b Title}\par text {\b bold}\par \b More\b0 \par}").paragraphs

    assert [each.bold for each in paragraphs] == [True, False, True]


def test_groups_may_not_be_nested_without_end() -> None:
    with pytest.raises(RichTextError, match="byte"):
        read_rich_text(b"{" * (MAX_DEPTH + 1))


@pytest.mark.parametrize(
    ("header", "section", "day"),
    [
        ("France, mardi 12 mars 2024 134 mots, p. 11", "France", "2024-03-12"),
        ("World, Tuesday, March 12, 2024 134 words", "World", "2024-03-12"),
        ("mardi 12 mars 2024", None, "2024-03-12"),
        ("sans date", None, "2024-03-12"),
    ],
)
def test_the_header_of_europresse_gives_section_and_day(header: str, section: str | None, day: str) -> None:
    trip = travel(europresse(header), "e.html")

    article = trip.articles[0]
    assert (article["section"], str(article["published_on"])) == (section, day)
    assert article["info_sources"] == [{"name": "La Croix", "role": "publisher"}]
    assert article["headline"] == "Le bac fermé pour l’hiver"


def test_an_export_keeps_the_encoding_it_came_in() -> None:
    page = europresse("mardi 12 mars 2024").decode().replace("utf-8", "windows-1252").encode("windows-1252")

    trip = travel(page, "e.html")

    assert trip.documents[0]["encoding"] == "windows-1252"
    assert trip.articles[0]["headline"] == "Le bac fermé pour l’hiver"
    assert trip.articles[0]["quality_flags"] == []


def test_an_export_beyond_the_limit_is_refused_as_a_whole() -> None:
    trip = travel(sample("factiva.rtf"), "f.rtf", max_document_bytes=1000)

    assert reasons(trip) == ["read.document_too_large"]
