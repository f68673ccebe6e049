-- one row per article that is no copy, in its latest version
CREATE VIEW unique_articles AS
SELECT *
FROM current_articles
WHERE duplicate_of IS NULL;
