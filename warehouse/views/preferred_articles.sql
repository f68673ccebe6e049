-- one row per text told, as `unique_articles`, by the copy of the source named first in the list `sources`; the earliest where none is named
CREATE MACRO preferred_articles(sources) AS TABLE
SELECT *
FROM current_articles
WHERE duplicate_kind IS DISTINCT FROM 'contained'
QUALIFY row_number() OVER (
    PARTITION BY coalesce(duplicate_of, article_id)
    ORDER BY nullif(list_position(sources, source), 0) NULLS LAST, published_at NULLS LAST, article_id
) = 1;
