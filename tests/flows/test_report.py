"""The data-quality report: its files, its escaping, and how a browser takes it."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from flows.report import to_json, write_report
from flows.report_page import render
from warehouse.report import (
    Arrival,
    BrokenBySource,
    BrokenRule,
    Figures,
    Fill,
    Flag,
    Outcome,
    Portion,
    QuarantineExample,
    QuarantineReason,
    RemovalCount,
    Run,
    SuiteResult,
    Totals,
)

NOW = datetime(2024, 3, 10, 12, 0)
HOSTILE = """</style></title><script>alert("x")</script><img src='http://127.0.0.1:9/x' onerror=alert(1)>"&'"""
EMPTY = Figures(NOW, 30, Totals(*[0] * 11, None, None, None), *[()] * 13)
REPORT_DOCS = Path(__file__).parents[2] / "docs" / "report.md"


def figures(text: str = "gazette") -> Figures:
    """Return figures with one row of each kind, and `text` wherever text from outside can stand."""
    uri = "file:///in/" + "".join(f"%{byte:02X}" for byte in text.encode())
    return Figures(
        NOW,
        30,
        Totals(3, 1, 9, 5, 1, 2, 2, 1, 0, 2, 4, NOW, "done", NOW - timedelta(minutes=3)),
        (Arrival(date(2024, 3, 9), text, 3, 9, 5, 2, 2),),
        (Outcome(text, 3, 9, 5, 1, 2, 2, NOW - timedelta(hours=5)),),
        (Run(text, text, text, text, NOW, 1.25, 3, 9, 5, 2, 2),),
        (SuiteResult(text, text, text, 2, 8, 7, 0.875, 40, 1, [1.0, 0.75]),),
        (BrokenRule(text, text, 1, 1, text, NOW),),
        (BrokenBySource(text, text, 1, 1, None, NOW),),
        (QuarantineReason(text, text, 1, 1, 1, NOW),),
        (QuarantineExample(text, uri, 0, text, text, NOW),),
        (Flag(text, text, 2, 0.4),),
        (Fill(text, text, 5, 3, 0.6),),
        (RemovalCount(text, text, 4, 3, 120),),
        (Portion(text, 5, 1.0),),
        (Portion(None, 5, 1.0),),
    )


class Page(HTMLParser):
    """What a page consists of: its elements, attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_both_files_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    page = write_report(figures(), tmp_path / "reports")
    write_report(EMPTY, tmp_path / "reports")

    assert page == tmp_path / "reports" / "index.html"
    assert sorted(file.name for file in page.parent.iterdir()) == ["index.html", "report.json"]
    assert "No file has arrived" in page.read_text(encoding="utf-8")


def test_the_json_holds_the_figures_with_iso_times() -> None:
    written = json.loads(to_json(figures()))

    assert written["report_version"] == 1
    assert written["built_at"] == "2024-03-10T12:00:00Z"
    assert written["arrivals"] == [asdict(figures().arrivals[0]) | {"day": "2024-03-09"}]
    assert written["languages"] == [{"name": None, "articles": 5, "share": 1.0}]


def test_every_key_of_the_json_is_documented() -> None:
    documented = set(re.findall(r"`([a-z_]+)`", REPORT_DOCS.read_text(encoding="utf-8")))
    written = json.loads(to_json(figures()))
    rows = [written["totals"], *(value[0] for value in written.values() if isinstance(value, list))]

    assert documented >= written.keys()
    assert [row.keys() - documented for row in rows] == [set()] * len(rows)


def test_an_empty_warehouse_gives_a_page_that_says_so_in_each_section() -> None:
    page = Page(render(EMPTY))

    assert page.elements.count("section") == page.attributes.count(("class", "empty")) == 9
    assert "table" not in page.elements


@pytest.mark.parametrize("shown", ["9", "87.5 %", "3 min", "5 h", "1.25 s", "2024-03-09", "1 of 40"])
def test_the_page_shows(shown: str) -> None:
    assert shown in Page(render(figures())).text


def test_text_from_outside_is_escaped_everywhere() -> None:
    calm, hostile = Page(render(figures("gazette"))), Page(render(figures(HOSTILE)))

    assert hostile.elements == calm.elements
    assert [name for name, _ in hostile.attributes] == [name for name, _ in calm.attributes]
    assert hostile.text.count(HOSTILE) > 15


def test_characters_that_make_a_text_read_as_another_are_shown() -> None:
    text = Page(render(figures("gazette\u202etxt.exe\x00"))).text

    assert "gazette\ufffdtxt.exe\ufffd" in text


def test_the_page_has_no_script_and_asks_for_nothing_from_elsewhere() -> None:
    page = Page(render(figures()))
    addresses = [value for name, value in page.attributes if name in {"src", "href", "srcset", "action", "data"}]

    assert not {"script", "iframe", "img", "object", "form", "base"} & set(page.elements)
    assert all(address.startswith("#") or address == "data:," for address in addresses)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]


def test_more_rows_than_a_screen_bears_are_counted_instead() -> None:
    many = replace(EMPTY, flags=tuple(Flag("gazette", f"flag_{number}", 1, 0.1) for number in range(1000)))

    text = Page(render(many)).text

    assert "flag_39" in text
    assert "flag_40" not in text
    assert "960 more rows are in report.json." in text


def browser_messages(chromium: str, page: Path, profile: Path) -> list[str]:
    """Return what the page makes the browser's console say; names resolve to nothing meanwhile."""
    command = [
        *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions"),
        *("--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND"),
        *(f"--user-data-dir={profile}", "--enable-logging=stderr", "--dump-dom", page.as_uri()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "<h1>Data quality</h1>" in done.stdout
    return [line for line in done.stderr.splitlines() if ":CONSOLE" in line]


@pytest.mark.browser
@pytest.mark.parametrize("text", ["gazette", HOSTILE], ids=["calm", "hostile"])
def test_a_browser_shows_the_page_without_complaint(chromium: str, tmp_path: Path, text: str) -> None:
    page = write_report(figures(text), tmp_path / "reports")

    assert browser_messages(chromium, page, tmp_path / "profile") == []


@pytest.mark.browser
def test_a_browser_would_refuse_what_escaping_let_through(chromium: str, tmp_path: Path) -> None:
    page = write_report(figures(), tmp_path / "reports")
    page.write_text(page.read_text(encoding="utf-8").replace("<main>", f"<main>{HOSTILE[16:]}"), encoding="utf-8")

    messages = browser_messages(chromium, page, tmp_path / "profile")

    assert any("script" in message and "Content Security Policy" in message for message in messages)
    assert any("http://127.0.0.1:9/x" in message for message in messages)
