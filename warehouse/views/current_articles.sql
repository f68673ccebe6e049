-- one row per article in its latest version, copies included
-- Left out: items under embargo (the version before them stands), and what has been withdrawn.
CREATE VIEW current_articles AS
WITH free AS (
    SELECT *, coalesce(version_of, article_id) AS item, coalesce(version, 1) AS number
    FROM articles
    WHERE embargoed_until IS NULL OR embargoed_until <= make_timestamp(epoch_us(now()))
),
latest AS (
    SELECT item, max(number) AS number
    FROM free
    GROUP BY item
)
SELECT free.* EXCLUDE (item, number)
FROM free
ANTI JOIN latest ON latest.item = free.item AND latest.number > free.number
ANTI JOIN withdrawn_articles ON withdrawn_articles.article_id = free.article_id;
