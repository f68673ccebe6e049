-- one row per quotation of a speaker whose name has the words of `name` in it, whatever their case and accents
CREATE MACRO quotes_by(name) AS TABLE
SELECT
    quotes.speaker,
    quotes.text,
    quotes.kind,
    quotes.cue,
    quotes.confidence,
    coalesce(articles.published_at, articles.published_on::TIMESTAMP) AS told_at,
    articles.source,
    articles.headline,
    quotes.quote_id,
    quotes.article_id
FROM quotes
JOIN unique_articles AS articles ON articles.article_id = quotes.article_id
WHERE contains(' ' || lower(strip_accents(quotes.speaker)) || ' ', ' ' || lower(strip_accents(trim(name))) || ' ')
ORDER BY told_at NULLS LAST, quotes.article_id, quotes.ordinal;
