-- one row per paragraph that a version of an article has and the one before it has not (`added`), or the reverse (`removed`)
-- A paragraph that only moved is neither. `ordinal` counts from 0 in the body that has the paragraph.
-- Versions under embargo and withdrawn ones are left out.
CREATE VIEW version_changes AS
WITH free AS (
    SELECT article_id, coalesce(version_of, article_id) AS item, coalesce(version, 1) AS number, body
    FROM articles
    ANTI JOIN withdrawn_articles USING (article_id)
    WHERE embargoed_until IS NULL OR embargoed_until <= make_timestamp(epoch_us(now()))
    QUALIFY count(*) OVER (PARTITION BY item) > 1
),
successive AS (
    SELECT
        article_id,
        lag(article_id) OVER (PARTITION BY item ORDER BY number) AS previous_id,
        string_split(body, E'\n\n') AS paragraphs,
        lag(paragraphs) OVER (PARTITION BY item ORDER BY number) AS previous
    FROM free
),
sides AS (
    SELECT
        article_id, previous_id, 'added' AS change,
        unnest(paragraphs) AS paragraph, generate_subscripts(paragraphs, 1) - 1 AS ordinal
    FROM successive
    WHERE previous_id IS NOT NULL
    UNION ALL BY NAME
    SELECT
        article_id, previous_id, 'removed' AS change,
        unnest(previous) AS paragraph, generate_subscripts(previous, 1) - 1 AS ordinal
    FROM successive
    WHERE previous_id IS NOT NULL
),
counted AS (
    SELECT *, row_number() OVER (PARTITION BY article_id, change, paragraph ORDER BY ordinal) AS occurrence
    FROM sides
)
SELECT article_id, previous_id, change, ordinal, paragraph
FROM counted
QUALIFY count(*) OVER (PARTITION BY article_id, paragraph, occurrence) = 1;
