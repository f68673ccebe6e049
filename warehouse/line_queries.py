"""The statements of `warehouse.line_counts`, in the order in which they run; each makes a temporary table."""

from __future__ import annotations

EDGE = 8
"""Paragraphs at either end of an article in which recurring lines are looked for; their other occurrences count too."""
SLACK = 0.5
"""Share of a threshold that a line of the present version has to reach to stay."""
EDGE_SLACK = 0.1
CARRIERS, OTHERS = 40, 60
"""Articles with and without a line in which its words are looked for."""
MIN_OTHERS = 10
STORY_SHARE = 0.5
"""Share of the stories that as many articles of the source have on average: background runs through a few stories."""

_STEP = "repeated_lines"

ITEMS = """
CREATE OR REPLACE TEMP TABLE items AS
WITH every AS (
    SELECT article_id, source, paragraph_count AS paragraphs,
        coalesce(version_of, duplicate_of, article_id) AS item,
        coalesce(story_id, version_of, duplicate_of, article_id) AS story,
        coalesce(published_on, CAST(published_at AS DATE)) AS day
    FROM articles),
large AS (SELECT source FROM every GROUP BY source HAVING count(DISTINCT item) >= $min_source_articles)
SELECT row_number() OVER (ORDER BY article_id) AS number, * FROM every SEMI JOIN large USING (source)"""

SOURCES = """
CREATE OR REPLACE TEMP TABLE sources AS
SELECT source, count(DISTINCT item) AS articles, count(DISTINCT story) AS stories,
    count(DISTINCT item) FILTER (day IS NULL) AS undated, min(day) AS first_seen, max(day) AS last_seen
FROM items GROUP BY source"""

DAYS = """
CREATE OR REPLACE TEMP TABLE days AS
SELECT source, day, count(DISTINCT item) AS articles FROM items WHERE day IS NOT NULL GROUP BY source, day"""

REMOVED_TEXTS = f"""
CREATE OR REPLACE TEMP TABLE removed_texts AS
SELECT number, removals.text, reason, ordinal
FROM removals JOIN items USING (article_id)
WHERE step = '{_STEP}' OR (step = 'headline' AND reason = 'moved_to_headline')"""

_PARTS = """
    SELECT number, source, string_split(body, E'\\n\\n') AS parts
    FROM articles JOIN items USING (article_id, source)"""

RECURRING = f"""
CREATE OR REPLACE TEMP TABLE recurring AS
WITH parted AS ({_PARTS}),
edges AS (
    SELECT source, unnest(list_distinct(
        CASE WHEN len(parts) <= {2 * EDGE} THEN parts ELSE parts[:{EDGE}] || parts[-{EDGE}:] END)) AS line
    FROM parted
    UNION ALL
    SELECT source, line FROM removed_texts JOIN printed USING (text) JOIN items USING (number))
SELECT source, hash(line) AS key FROM edges GROUP BY source, hash(line)
HAVING count(*) >= greatest(2, floor($min_articles * {SLACK}))"""
"""By hash: most lines occur once, and their text is not kept."""

STANDING = f"""
CREATE OR REPLACE TEMP TABLE standing AS
WITH parted AS ({_PARTS}),
listed AS (SELECT number, source, unnest(parts) AS line, unnest(range(1, len(parts) + 1)) AS nth FROM parted)
SELECT number, source, line, nth
FROM listed SEMI JOIN recurring ON listed.source = recurring.source AND hash(line) = key
UNION ALL
SELECT number, source, line, CASE reason
    WHEN 'repeated_at_head' THEN row_number() OVER same_end - count(*) OVER (PARTITION BY number, reason)
    ELSE paragraphs + row_number() OVER same_end END
FROM removed_texts JOIN printed USING (text) JOIN items USING (number)
WHERE reason <> 'moved_to_headline'
WINDOW same_end AS (PARTITION BY number, reason ORDER BY ordinal)"""
"""Every occurrence of a line that recurs; paragraphs are numbered from 1, what was taken above from 0 downwards."""

FOUND = f"""
CREATE OR REPLACE TEMP TABLE found AS
WITH mastheads AS (
    SELECT source, line FROM removed_texts JOIN printed USING (text) JOIN items USING (number)
    JOIN sources USING (source)
    WHERE reason = 'moved_to_headline'
    GROUP BY source, line HAVING count(DISTINCT item) >= $masthead_share * {SLACK} * any_value(sources.articles))
SELECT row_number() OVER (ORDER BY source, line) AS id, source, line
FROM (SELECT DISTINCT source, line FROM standing UNION SELECT source, line FROM mastheads)"""

OCCURRENCES = """
CREATE OR REPLACE TEMP TABLE occurrences AS
SELECT number, id, nth FROM standing JOIN found USING (source, line)"""

MASTHEADS = """
CREATE OR REPLACE TEMP TABLE mastheads AS
SELECT number, id FROM removed_texts JOIN printed USING (text) JOIN items USING (number) JOIN found USING (source, line)
WHERE reason = 'moved_to_headline'"""

ENDS = """
CREATE OR REPLACE TEMP TABLE ends AS
SELECT number, least(1, min(nth)) AS first, greatest(any_value(paragraphs), max(nth)) AS last
FROM occurrences JOIN items USING (number) GROUP BY number"""

RUNS = """
CREATE OR REPLACE TEMP TABLE runs AS
SELECT number, id, 'head' AS place FROM (
    SELECT number, id, nth - first AS beyond, row_number() OVER (PARTITION BY number ORDER BY nth) - 1 AS known_beyond
    FROM occurrences JOIN candidates USING (id) JOIN ends USING (number) WHERE head)
WHERE beyond = known_beyond
UNION ALL
SELECT number, id, 'foot' FROM (
    SELECT number, id, last - nth AS beyond,
        row_number() OVER (PARTITION BY number ORDER BY nth DESC) - 1 AS known_beyond
    FROM occurrences JOIN candidates USING (id) JOIN ends USING (number) WHERE foot)
WHERE beyond = known_beyond
UNION ALL
SELECT number, id, 'masthead' FROM mastheads JOIN candidates USING (id) WHERE head"""
"""Occurrences with nothing outside them but lines of the same kind."""

STATS = """
CREATE OR REPLACE TEMP TABLE stats AS
WITH totals AS (SELECT id, count(*) AS occurrences FROM occurrences GROUP BY id),
counted AS (
    SELECT id, source, place, count(*) AS at_end, count(DISTINCT item) AS articles, count(DISTINCT story) AS stories,
        count(DISTINCT day) AS days, count(DISTINCT item) FILTER (day IS NOT NULL) AS dated,
        min(day) AS first_seen, max(day) AS last_seen
    FROM runs JOIN items USING (number) GROUP BY id, source, place),
among_dated AS (
    SELECT id, place, sum(days.articles) AS articles
    FROM counted JOIN days ON counted.source = days.source AND day BETWEEN first_seen AND last_seen
    GROUP BY id, place)
SELECT counted.*, coalesce(at_end / totals.occurrences, 1) AS edge_share,
    least(1, counted.articles / CASE WHEN first_seen IS NULL THEN sources.articles
                                ELSE among_dated.articles + sources.undated END) AS share,
    counted.articles * sources.stories / sources.articles AS expected_stories
FROM counted JOIN (SELECT source, articles, stories, undated FROM sources) AS sources USING (source)
LEFT JOIN totals USING (id) LEFT JOIN among_dated USING (id, place)"""

_ENOUGH = f"""
    stats.articles >= $min_articles * slack
    AND stats.stories >= least($min_stories, {STORY_SHARE} * expected_stories) * slack
    AND (stats.dated * 2 < stats.articles OR stats.days >= $min_days * slack)
    AND share >= CASE WHEN is_long THEN $long_share ELSE $min_share END * slack
    AND stats.edge_share >= $edge_share - CASE WHEN is_known THEN {EDGE_SLACK} ELSE 0 END"""

KEPT = f"""
CREATE OR REPLACE TEMP TABLE kept AS
WITH judged AS (SELECT *, CASE WHEN is_known THEN {SLACK} ELSE 1 END AS slack FROM candidates)
SELECT DISTINCT id, CASE place WHEN 'masthead' THEN 'head' ELSE place END AS place
FROM judged JOIN stats USING (id)
WHERE CASE place
    WHEN 'masthead' THEN share >= $masthead_share * slack AND stats.articles >= $min_articles * slack
    ELSE {_ENOUGH} END"""

LEAVE_KEPT = """
UPDATE candidates SET
    head = head AND id IN (SELECT id FROM kept WHERE place = 'head'),
    foot = foot AND id IN (SELECT id FROM kept WHERE place = 'foot')"""

LIFTS = f"""
CREATE OR REPLACE TEMP TABLE lifts AS
WITH carriers AS (
    SELECT DISTINCT id, number FROM runs JOIN candidates USING (id) WHERE place <> 'masthead'),
sampled AS (
    SELECT source, number FROM items WHERE item = article_id
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY hash(article_id)) <= {CARRIERS + OTHERS}),
pairs AS (
    SELECT id, number, true AS carries FROM carriers
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY hash(number)) <= {CARRIERS}
    UNION ALL
    SELECT id, number, false FROM found JOIN sampled USING (source)
    WHERE id IN (SELECT id FROM carriers) AND (id, number) NOT IN (SELECT (id, number) FROM carriers)),
told AS (
    SELECT id, carries, words, lower(concat_ws(' ', headline, replace(body, line, ' '))) AS rest
    FROM pairs JOIN found USING (id) JOIN candidates USING (id) JOIN items USING (number) JOIN articles
    USING (article_id))
SELECT id, CASE WHEN count(*) FILTER (NOT carries) >= {MIN_OTHERS}
    THEN avg(common) FILTER (carries) - avg(common) FILTER (NOT carries) END AS lift
FROM (SELECT id, carries, list_avg([contains(rest, word)::INTEGER FOR word IN words]) AS common FROM told)
GROUP BY id"""
"""How much more of a line's words the rest of its articles has than other articles have."""

DROP_TOPICAL = f"""
UPDATE candidates SET head = false, foot = false
WHERE id IN (SELECT id FROM lifts JOIN candidates USING (id)
             WHERE lift > $max_lift / CASE WHEN is_known THEN {SLACK} ELSE 1 END)"""

SOURCE_ROWS = "SELECT source, articles, first_seen, last_seen FROM sources ORDER BY source"

RESULT = """
WITH kept_stats AS (
    SELECT * REPLACE (CASE place WHEN 'masthead' THEN 'head' ELSE place END AS place) FROM stats
    QUALIFY row_number() OVER (
        PARTITION BY id, CASE place WHEN 'masthead' THEN 'head' ELSE place END ORDER BY articles DESC, place) = 1)
SELECT source, place, substr(sha256(line), 1, 32) AS line_hash, line AS text, kept_stats.articles, stories, days, share,
    edge_share, lift, first_seen, last_seen
FROM kept_stats JOIN found USING (id, source) JOIN candidates USING (id) LEFT JOIN lifts USING (id)
WHERE (place = 'head' AND head) OR (place = 'foot' AND foot)
ORDER BY source, place, line"""
