-- one row per article in a story, from the first told to the last
CREATE VIEW story_timeline AS
WITH members AS (
    SELECT *, coalesce(published_at, first_created, published_on::TIMESTAMP) AS told_at
    FROM current_articles
    WHERE story_id IS NOT NULL
)
SELECT
    story_id,
    row_number() OVER told AS ordinal,
    told_at,
    date_diff('second', min(told_at) OVER (PARTITION BY story_id), told_at) / 3600.0 AS hours_after_first,
    article_id,
    source,
    headline,
    duplicate_of,
    version
FROM members
WINDOW told AS (PARTITION BY story_id ORDER BY told_at NULLS LAST, article_id);
