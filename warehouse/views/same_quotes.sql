-- one row per wording that several articles quote, copies left aside
-- Wordings are compared without case and punctuation; those of fewer than five words meet by chance and are left out.
CREATE VIEW same_quotes AS
WITH said AS (
    SELECT
        trim(regexp_replace(lower(quotes.text), '[^\p{L}\p{N}]+', ' ', 'g')) AS wording,
        quotes.text,
        quotes.speaker,
        articles.article_id,
        articles.source,
        coalesce(articles.published_at, articles.published_on::TIMESTAMP) AS told_at
    FROM quotes
    JOIN unique_articles AS articles ON articles.article_id = quotes.article_id
    WHERE quotes.kind IN ('direct', 'mixed')
)
SELECT
    arg_min(text, coalesce(told_at, 'infinity'::TIMESTAMP)) AS text,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT source) AS sources,
    coalesce(list(DISTINCT speaker ORDER BY speaker) FILTER (speaker IS NOT NULL), []) AS speakers,
    min(told_at) AS first_quoted_at,
    max(told_at) AS last_quoted_at,
    list(DISTINCT article_id ORDER BY article_id) AS article_ids
FROM said
WHERE len(string_split(wording, ' ')) >= 5
GROUP BY wording
HAVING count(DISTINCT article_id) > 1;
