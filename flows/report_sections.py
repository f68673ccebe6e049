"""The sections of the data-quality report: what is told of arrivals, checks, quarantine, fields and runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from flows.markup import Child, Markup, element, join
from flows.report_charts import OUTCOMES, SPARK_FLOOR, arrivals_by_day, outcome_bar, share_bar, sparkline
from flows.report_tables import Column, age, badge, code, count, duration, file_name, moment, percent, shortened, table
from warehouse.report import Figures, Portion


class Section(NamedTuple):
    """A part of the page: `place` is its anchor."""

    place: str
    title: str
    draw: Callable[[Figures], Markup]


_COUNTS = tuple(Column(name.capitalize(), "number") for name in ("documents", *OUTCOMES))


def _note(*children: Child) -> Markup:
    return element("p", {"class": "note"}, *children)


def _empty(text: str) -> Markup:
    return element("p", {"class": "empty"}, text)


def _legend() -> Markup:
    items = (
        element("li", {}, element("svg", {"viewBox": "0 0 8 8"}, _swatch(name)), name.capitalize()) for name in OUTCOMES
    )
    return element("ul", {"class": "legend"}, *items)


def _swatch(name: str) -> Markup:
    return element("rect", {"class": name, "width": 8, "height": 8})


def _arrivals(figures: Figures) -> Markup:
    if not figures.arrivals:
        return _empty(f"No file has arrived in the last {figures.window_days} days.")
    columns = (Column("Day", "word"), Column("Source", "name"), Column("Files", "number"), *_COUNTS)
    rows = [
        (
            str(arrival.day),
            arrival.source,
            count(arrival.files),
            count(arrival.documents),
            *(count(getattr(arrival, name)) for name in OUTCOMES),
        )
        for arrival in figures.arrivals
    ]
    return join(
        (
            _note(f"Documents by day of arrival, last {figures.window_days} days; files seen before are not counted."),
            arrivals_by_day(figures.arrivals, figures.built_at.date(), figures.window_days),
            _legend(),
            table(columns, rows, limit=14),
        )
    )


def _sources(figures: Figures) -> Markup:
    if not figures.outcomes:
        return _empty("No source has delivered anything yet.")
    columns = (
        Column("Source", "name"),
        Column("Outcome", "wide"),
        Column("Files", "number"),
        *_COUNTS,
        Column("Copies", "number"),
        Column("Last article", "number"),
    )
    rows = [
        (
            outcome.source,
            outcome_bar({name: getattr(outcome, name) for name in OUTCOMES}),
            count(outcome.files),
            count(outcome.documents),
            *(count(getattr(outcome, name)) for name in OUTCOMES),
            count(outcome.copies),
            age(outcome.last_landed_at, figures.built_at),
        )
        for outcome in figures.outcomes
    ]
    note = _note(
        "Each document is an article, a repeat of a document seen before, or in quarantine. Copies are articles."
    )
    return join((note, table(columns, rows)))


def _expectations(figures: Figures) -> Markup:
    if not figures.suites:
        return _empty(f"No expectation was evaluated in the last {figures.window_days} days.")
    columns = (
        Column("Suite"),
        Column("Source", "name"),
        Column("Severity", "word"),
        Column("Expectations", "number"),
        Column("Evaluated", "number"),
        Column("Held", "number"),
        Column("Unexpected rows", "number"),
        Column("History", "word"),
    )
    rows = [
        (
            code(suite.suite),
            suite.source or "several",
            badge(suite.severity),
            count(suite.expectations),
            count(suite.evaluations),
            percent(suite.pass_share),
            f"{count(suite.rows_unexpected)} of {count(suite.rows_evaluated)}",
            sparkline(suite.history, f"Share that held in the last {len(suite.history)} runs"),
        )
        for suite in figures.suites
    ]
    note = _note(
        f"Last {figures.window_days} days. A critical failure quarantines the document, a warning flags the article, "
        "info only counts. The history shows the share that held, run by run, from 100 % on top "
        f"down to {percent(SPARK_FLOOR)} or the lowest."
    )
    return join((note, table(columns, rows), _broken(figures)))


def _broken(figures: Figures) -> Markup:
    if not figures.broken_rules:
        return _empty("No rule was broken.")
    columns = (
        Column("Rule"),
        Column("Severity", "word"),
        Column("Batches", "number"),
        Column("Unexpected rows", "number"),
        Column("Observed", "name"),
        Column("Last", "number"),
    )
    rows = [
        (
            code(broken.rule),
            badge(broken.severity),
            count(broken.failures),
            count(broken.rows_unexpected),
            shortened(broken.observed) or "–",
            moment(broken.last_failed_at),
        )
        for broken in figures.broken_rules
    ]
    return join((element("h3", {}, "Broken rules"), table(columns, rows), _broken_by_source(figures)))


def _broken_by_source(figures: Figures) -> Markup:
    columns = (
        Column("Source", "name"),
        Column("Severity", "word"),
        Column("Batches", "number"),
        Column("Unexpected rows", "number"),
        Column("Last", "number"),
    )
    rows = [
        (
            broken.source or "not told",
            badge(broken.severity),
            count(broken.failures),
            count(broken.rows_unexpected),
            moment(broken.last_failed_at),
        )
        for broken in figures.broken_by_source
    ]
    return join((element("h3", {}, "By source"), table(columns, rows)))


def _quarantine(figures: Figures) -> Markup:
    if not figures.quarantine:
        return _empty("Nothing has been quarantined.")
    columns = (
        Column("Reason"),
        Column("Severity", "word"),
        Column("Waiting", "number"),
        Column("Resolved", "number"),
        Column("Sources", "number"),
        Column("Newest", "number"),
    )
    rows = [
        (
            code(reason.reason),
            badge(reason.severity),
            count(reason.waiting),
            count(reason.resolved),
            count(reason.sources),
            moment(reason.last_at),
        )
        for reason in figures.quarantine
    ]
    return join((_note(code("copydesk quarantine list"), " shows each row."), table(columns, rows), _examples(figures)))


def _examples(figures: Figures) -> Markup:
    if not figures.quarantine_examples:
        return _empty("Nothing is waiting.")
    columns = (Column("Reason"), Column("File"), Column("Source", "name"), Column("What was found", "wide"))
    rows = [
        (code(example.reason), file_name(example.file_uri), example.source, shortened(example.detail) or "–")
        for example in figures.quarantine_examples
    ]
    return join((element("h3", {}, "Newest that wait"), table(columns, rows)))


def _detail(detail: str | None) -> tuple[Child, ...]:
    return () if detail is None else (" ", element("span", {"class": "note"}, shortened(detail)))


def _fields(figures: Figures) -> Markup:
    if not figures.fills:
        return _empty("No article has landed yet.")
    fields = list(dict.fromkeys(fill.field for fill in figures.fills))
    shares = {(fill.source, fill.field): fill.share for fill in figures.fills}
    articles = {fill.source: fill.articles for fill in figures.fills}
    columns = (Column("Source", "name"), Column("Articles", "number"), *(Column(field, "fill") for field in fields))
    rows = [
        (source, count(number), *(_fill(field, shares[source, field]) for field in fields))
        for source, number in articles.items()
    ]
    note = _note("Share of a source's articles in which a field is known. A field is left empty rather than guessed.")
    return join((note, table(columns, rows)))


def _fill(field: str, share: float) -> Markup:
    return join((percent(share), share_bar(share, f"{field}: {percent(share)}")))


def _flags(figures: Figures) -> Markup:
    if not figures.flags:
        return _empty("No article carries a flag.")
    columns = (
        Column("Flag"),
        Column("Source", "name"),
        Column("Articles", "number"),
        Column("Share of the source", "fill"),
    )
    rows = [
        (code(flag.flag), flag.source, count(flag.articles), _fill(flag.flag, flag.share)) for flag in figures.flags
    ]
    return table(columns, rows)


def _cleaning(figures: Figures) -> Markup:
    if not figures.removals:
        return _empty("Cleaning has taken nothing away.")
    columns = (
        Column("Step"),
        Column("Reason"),
        Column("Pieces", "number"),
        Column("Articles", "number"),
        Column("Characters", "number"),
    )
    rows = [
        (
            code(removal.step),
            removal.reason,
            count(removal.removals),
            count(removal.articles),
            count(removal.characters),
        )
        for removal in figures.removals
    ]
    return join((_note("Pieces of text that were taken out, moved to a field or rewritten."), table(columns, rows)))


def _kinds(figures: Figures) -> Markup:
    if not figures.formats:
        return _empty("No article has landed yet.")
    return element(
        "div", {"class": "pair"}, _portions("Format", figures.formats), _portions("Language", figures.languages)
    )


def _portions(title: str, portions: Sequence[Portion]) -> Markup:
    columns = (Column(title), Column("Articles", "number"), Column("Share", "fill"))
    rows = [
        (code(part.name) if part.name else "not known", count(part.articles), _fill(title, part.share))
        for part in portions
    ]
    return table(columns, rows)


def _runs(figures: Figures) -> Markup:
    if not figures.runs:
        return _empty("No run has written yet.")
    columns = (
        Column("Started", "word"),
        Column("Trigger", "word"),
        Column("Status", "word"),
        Column("Duration", "number"),
        Column("Files", "number"),
        *_COUNTS,
        Column("Run"),
    )
    rows = [
        (
            moment(run.started_at),
            run.trigger,
            badge(run.status),
            duration(run.seconds),
            count(run.files),
            count(run.documents),
            *(count(getattr(run, name)) for name in OUTCOMES),
            join((code(run.run_id), *_detail(run.error))),
        )
        for run in figures.runs
    ]
    return join((_note(f"The last {len(figures.runs)} of {count(figures.totals.runs)} runs."), table(columns, rows)))


SECTIONS = (
    Section("arrivals", "Arrivals", _arrivals),
    Section("sources", "Sources", _sources),
    Section("expectations", "Expectations", _expectations),
    Section("quarantine", "Quarantine", _quarantine),
    Section("fields", "Fields", _fields),
    Section("flags", "Quality flags", _flags),
    Section("cleaning", "Cleaning", _cleaning),
    Section("kinds", "Formats and languages", _kinds),
    Section("runs", "Runs", _runs),
)
"""The page from top to bottom."""
