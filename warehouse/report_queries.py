"""The SQL of the data-quality report; columns bear the names of the fields in `warehouse.report`."""

from __future__ import annotations

from collections.abc import Mapping

TOTALS = """
SELECT
    (SELECT count(*) FROM files WHERE status <> 'seen_before') AS files,
    (SELECT count(*) FROM files WHERE status = 'seen_before') AS files_seen_before,
    articles + repeats + quarantined AS documents,
    articles, copies, repeats, quarantined, quarantine_open,
    (SELECT count(*) FROM skipped) AS skipped,
    (SELECT count(DISTINCT source) FROM files) AS sources,
    (SELECT count(*) FROM runs) AS runs,
    (SELECT max(started_at) FROM runs) AS last_run_at,
    (SELECT arg_max(status, started_at) FROM runs) AS last_run_status,
    last_landed_at
FROM
    (SELECT count(*) AS articles, count(duplicate_of) AS copies, max(landed_at) AS last_landed_at FROM articles),
    (SELECT count(*) AS repeats FROM repeats),
    (SELECT count(*) AS quarantined, count(*) FILTER (WHERE resolved_at IS NULL) AS quarantine_open FROM quarantine)
"""

ARRIVALS = """
SELECT
    CAST(received_at AS DATE) AS day, source, count(*) AS files,
    CAST(sum(documents) AS BIGINT) AS documents, CAST(sum(articles) AS BIGINT) AS articles,
    CAST(sum(repeats) AS BIGINT) AS repeats, CAST(sum(quarantined) AS BIGINT) AS quarantined
FROM files
WHERE status <> 'seen_before' AND received_at BETWEEN $since AND $until
GROUP BY day, source
ORDER BY day DESC, documents DESC, source
"""

OUTCOMES = """
WITH outcome AS (
    SELECT source, 1 AS articles, CAST(duplicate_of IS NOT NULL AS INTEGER) AS copies, 0 AS repeats, 0 AS quarantined,
           0 AS files, landed_at
    FROM articles
    UNION ALL SELECT source, 0, 0, 1, 0, 0, NULL FROM repeats
    UNION ALL SELECT source, 0, 0, 0, 1, 0, NULL FROM quarantine
    UNION ALL SELECT source, 0, 0, 0, 0, 1, NULL FROM files WHERE status <> 'seen_before'
)
SELECT
    source, CAST(sum(files) AS BIGINT) AS files,
    CAST(sum(articles + repeats + quarantined) AS BIGINT) AS documents,
    CAST(sum(articles) AS BIGINT) AS articles, CAST(sum(copies) AS BIGINT) AS copies,
    CAST(sum(repeats) AS BIGINT) AS repeats, CAST(sum(quarantined) AS BIGINT) AS quarantined,
    max(landed_at) AS last_landed_at
FROM outcome
GROUP BY source
ORDER BY documents DESC, source
"""

RUNS = """
SELECT
    run_id, trigger, status, error, started_at, epoch(finished_at - started_at) AS seconds,
    files, documents, articles, repeats, quarantined
FROM runs
ORDER BY started_at DESC, run_id
LIMIT $runs
"""

SUITES = """
WITH recent AS (
    FROM expectation_results WHERE validated_at BETWEEN $since AND $until
),
per_run AS (
    SELECT suite, severity, source, run_id, min(validated_at) AS first_at, avg(CAST(success AS INTEGER)) AS share
    FROM recent
    GROUP BY suite, severity, source, run_id
),
histories AS (
    SELECT suite, severity, source, list_reverse(list(share ORDER BY first_at DESC, run_id DESC)[1:$points]) AS history
    FROM per_run
    GROUP BY suite, severity, source
)
SELECT
    recent.suite, recent.severity, recent.source,
    count(DISTINCT expectation_id) AS expectations, count(*) AS evaluations,
    count(*) FILTER (WHERE success) AS passed, avg(CAST(success AS INTEGER)) AS pass_share,
    CAST(coalesce(sum(evaluated), 0) AS BIGINT) AS rows_evaluated,
    CAST(coalesce(sum(unexpected), 0) AS BIGINT) AS rows_unexpected,
    any_value(histories.history) AS history
FROM recent
JOIN histories ON histories.suite = recent.suite AND histories.severity = recent.severity
    AND histories.source IS NOT DISTINCT FROM recent.source
GROUP BY recent.suite, recent.severity, recent.source
ORDER BY recent.suite, array_position(['critical', 'warning', 'info'], recent.severity), recent.source NULLS FIRST
"""

# An expectation over many rules or sources tells in `details` how often each was hit; one rule is its own id.
_BROKEN = """
WITH failed AS (
    FROM expectation_results WHERE NOT success AND validated_at BETWEEN $since AND $until
),
counted AS (
    SELECT severity, observed, validated_at, unnest(coalesce(
        {own},
        map_entries(CAST(json_extract(details, '$.{key}') AS MAP(VARCHAR, BIGINT))),
        [{{'key': {otherwise}, 'value': coalesce(unexpected, 0)}}]
    )) AS hit
    FROM failed
)
SELECT
    hit.key AS {name}, severity, count(*) AS failures, CAST(sum(hit.value) AS BIGINT) AS rows_unexpected,
    arg_max(observed, validated_at) AS observed, max(validated_at) AS last_failed_at
FROM counted
GROUP BY hit.key, severity
ORDER BY array_position(['critical', 'warning', 'info'], severity), rows_unexpected DESC, failures DESC, hit.key
"""

BROKEN_RULES = _BROKEN.format(own="NULL", key="rules", otherwise="expectation_id", name="rule")

_OWN_SOURCE = "CASE WHEN source IS NOT NULL THEN [{'key': source, 'value': coalesce(unexpected, 0)}] END"
BROKEN_BY_SOURCE = _BROKEN.format(own=_OWN_SOURCE, key="sources", otherwise="NULL", name="source")

QUARANTINE = """
SELECT
    reason, arg_max(severity, quarantined_at) AS severity, count(*) FILTER (WHERE resolved_at IS NULL) AS waiting,
    count(resolved_at) AS resolved, count(DISTINCT source) AS sources, max(quarantined_at) AS last_at
FROM quarantine
GROUP BY reason
ORDER BY waiting DESC, resolved DESC, reason
"""

QUARANTINE_EXAMPLES = """
SELECT reason, file_uri, position, source, left(detail, $max_chars) AS detail, quarantined_at
FROM quarantine
WHERE resolved_at IS NULL
QUALIFY row_number() OVER (PARTITION BY reason ORDER BY quarantined_at DESC, quarantine_id) <= $examples
ORDER BY reason, quarantined_at DESC, quarantine_id
"""

FLAGS = """
WITH flagged AS (SELECT source, unnest(quality_flags) AS flag FROM articles),
totals AS (SELECT source, count(*) AS articles FROM articles GROUP BY source)
SELECT source, flag, count(*) AS articles, count(*) / any_value(totals.articles) AS share
FROM flagged JOIN totals USING (source)
GROUP BY source, flag
ORDER BY source, count(*) DESC, flag
"""

REMOVALS = """
SELECT
    step, reason, count(*) AS removals, count(DISTINCT article_id) AS articles,
    CAST(sum(length(text)) AS BIGINT) AS characters
FROM removals
GROUP BY step, reason
ORDER BY removals DESC, step, reason
"""


def fills(fields: Mapping[str, bool]) -> str:
    """Return the query that counts, per source, the articles which have each field; True marks a list column."""
    counts = ", ".join(
        f"count(*) FILTER (WHERE {f'len({field}) > 0' if is_list else f'{field} IS NOT NULL'}) AS {field}"
        for field, is_list in fields.items()
    )
    order = ", ".join(f"'{field}'" for field in fields)
    return f"""
WITH counted AS (SELECT source, count(*) AS articles, {counts} FROM articles GROUP BY source)
SELECT source, field, articles, filled, filled / articles AS share
FROM counted UNPIVOT (filled FOR field IN ({", ".join(fields)}))
ORDER BY articles DESC, source, array_position([{order}], field)
"""


def portions(column: str) -> str:
    """Return the query that counts articles by the value of `column`."""
    return f"""
SELECT {column} AS name, count(*) AS articles, count(*) / sum(count(*)) OVER () AS share
FROM articles
GROUP BY {column}
ORDER BY count(*) DESC, {column} NULLS LAST
"""
