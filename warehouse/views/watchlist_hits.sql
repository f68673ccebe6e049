-- one row per article and watchlist that it belongs to, by the version of the list that matched it last
-- Copies have rows of their own: `duplicate_of` tells them.
CREATE VIEW watchlist_hits AS
WITH newest AS (
    SELECT *
    FROM matches
    QUALIFY row_number() OVER (PARTITION BY article_id, watchlist ORDER BY landed_at DESC, watchlist_version) = 1
)
SELECT
    newest.watchlist,
    newest.watchlist_name,
    articles.headline,
    articles.source,
    articles.published_at,
    articles.published_on,
    newest.hits,
    newest.spans,
    newest.landed_at AS matched_at,
    newest.watchlist_version,
    articles.article_id,
    articles.url,
    articles.language,
    articles.story_id,
    articles.duplicate_of
FROM newest
JOIN current_articles AS articles ON articles.article_id = newest.article_id;
