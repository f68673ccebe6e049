-- one row per speaker who is quoted in an article that is no copy
CREATE VIEW speakers AS
SELECT
    quotes.speaker,
    count(*) AS quotes,
    count(DISTINCT articles.article_id) AS articles,
    count(DISTINCT articles.source) AS sources,
    count(DISTINCT articles.story_id) AS stories,
    coalesce(
        list(DISTINCT quotes.speaker_role ORDER BY quotes.speaker_role) FILTER (quotes.speaker_role IS NOT NULL), []
    ) AS roles,
    min(coalesce(articles.published_at, articles.published_on::TIMESTAMP)) AS first_quoted_at,
    max(coalesce(articles.published_at, articles.published_on::TIMESTAMP)) AS last_quoted_at
FROM quotes
JOIN unique_articles AS articles ON articles.article_id = quotes.article_id
WHERE quotes.speaker IS NOT NULL AND quotes.kind IN ('direct', 'mixed', 'indirect')
GROUP BY quotes.speaker;
