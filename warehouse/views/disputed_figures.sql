-- one row per story, kind and unit of a figure on which sources disagree
-- Compared are sources that give one value for that kind and unit in the story; one that gives several may mean several things.
CREATE VIEW disputed_figures AS
WITH claims AS (
    SELECT
        articles.story_id,
        figures.kind,
        figures.unit,
        articles.source,
        figures.value,
        min(figures.text) AS text,
        min(articles.article_id) AS article_id
    FROM figures
    JOIN unique_articles AS articles ON articles.article_id = figures.article_id
    WHERE articles.story_id IS NOT NULL AND figures.unit IS NOT NULL AND figures.kind <> 'ordinal'
    GROUP BY articles.story_id, figures.kind, figures.unit, articles.source, figures.value
),
steady AS (
    SELECT *
    FROM claims
    QUALIFY count(*) OVER (PARTITION BY story_id, kind, unit, source) = 1
)
SELECT
    story_id,
    kind,
    unit,
    count(*) AS sources,
    min(value) AS lowest,
    max(value) AS highest,
    list(
        struct_pack(source := source, value := value, text := text, article_id := article_id) ORDER BY value, source
    ) AS claims
FROM steady
GROUP BY story_id, kind, unit
HAVING count(DISTINCT value) > 1;
