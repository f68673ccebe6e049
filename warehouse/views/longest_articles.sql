-- one row per text told, as `unique_articles`, by the longest of its copies; the earliest of equally long ones
CREATE VIEW longest_articles AS
SELECT *
FROM current_articles
WHERE duplicate_kind IS DISTINCT FROM 'contained'
QUALIFY row_number() OVER (
    PARTITION BY coalesce(duplicate_of, article_id)
    ORDER BY word_count DESC, published_at NULLS LAST, article_id
) = 1;
