-- one row per article in its latest version, copies included
-- Left out: items under embargo (the version before them stands), and items whose latest version is withheld or canceled.
CREATE VIEW current_articles AS
WITH free AS (
    SELECT *
    FROM articles
    WHERE embargoed_until IS NULL OR embargoed_until <= make_timestamp(epoch_us(now()))
),
latest AS (
    SELECT version_of, max(version) AS version
    FROM free
    WHERE version_of IS NOT NULL
    GROUP BY version_of
)
SELECT free.*
FROM free
ANTI JOIN latest
    ON latest.version_of = coalesce(free.version_of, free.article_id) AND latest.version > coalesce(free.version, 1)
WHERE coalesce(free.pub_status, 'usable') NOT IN ('withheld', 'canceled');
