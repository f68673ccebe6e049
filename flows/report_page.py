"""The data-quality report as one HTML page that needs no network, no script and no server."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

from flows.markup import Markup, element
from flows.report_sections import SECTIONS
from flows.report_tables import age, count, moment
from warehouse.report import Figures, Totals


def render(figures: Figures) -> str:
    """Return the page; every text of an article, file or source in it is escaped."""
    style = resources.files("flows").joinpath("report.css").read_text(encoding="utf-8")
    sections = [_section(place, title, draw(figures)) for place, title, draw in SECTIONS]
    body = element("body", {}, _header(figures), element("main", {}, _totals(figures), *sections))
    return "<!doctype html>\n" + element("html", {"lang": "en"}, _head(style), body) + "\n"


def _head(style: str) -> Markup:
    # The style sheet is part of the program; its hash lets it in and nothing that an article could bring along.
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    return element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "referrer", "content": "no-referrer"}),
        element("link", {"rel": "icon", "href": "data:,"}),
        element("title", {}, "Copydesk: data quality"),
        element("style", {}, Markup(style)),
    )


def _header(figures: Figures) -> Markup:
    links = (element("a", {"href": f"#{place}"}, title) for place, title, _ in SECTIONS)
    built = f"Built {moment(figures.built_at)} UTC from the newest snapshot. All times are UTC."
    return element(
        "header",
        {},
        element("h1", {}, "Data quality"),
        element("p", {}, built),
        element("nav", {}, *links),
    )


def _section(place: str, title: str, content: Markup) -> Markup:
    return element("section", {"id": place}, element("h2", {}, title), content)


def _totals(figures: Figures) -> Markup:
    totals = figures.totals
    cards = (
        _card("Files", count(totals.files), f"{count(totals.files_seen_before)} more seen before"),
        _card("Documents", count(totals.documents), f"from {count(totals.sources)} sources"),
        _card("Articles", count(totals.articles), f"{count(totals.copies)} of them copies", "articles"),
        _card("Repeats", count(totals.repeats), "documents seen before"),
        _quarantine_card(totals),
        _card("Freshness", age(totals.last_landed_at, figures.built_at), "since the last article"),
        _card("Last run", totals.last_run_status or "–", moment(totals.last_run_at)),
    )
    return element("dl", {"class": "cards"}, *cards)


def _quarantine_card(totals: Totals) -> Markup:
    resolved = totals.quarantined - totals.quarantine_open
    kind = "quarantined" if totals.quarantine_open else ""
    return _card("In quarantine", count(totals.quarantine_open), f"{count(resolved)} more resolved", kind)


def _card(term: str, figure: str, note: str, kind: str = "") -> Markup:
    return element(
        "div",
        {"class": f"card {kind}".strip()},
        element("dt", {}, term),
        element("dd", {"class": "figure"}, figure),
        element("dd", {"class": "note"}, note),
    )
