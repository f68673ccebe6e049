-- one row per story: an event that several articles tell
-- `independent_sources` counts origins, not printings: agencies where one is credited, else sources, of what is no copy.
-- `top_terms` are names and keywords that most articles share.
CREATE VIEW stories AS
WITH members AS (
    SELECT
        story_id,
        article_id,
        source,
        headline,
        keywords,
        duplicate_of,
        coalesce([info_source.name FOR info_source IN info_sources IF info_source.role = 'agency'][1], source) AS origin,
        coalesce(published_at, first_created, published_on::TIMESTAMP) AS told_at
    FROM current_articles
    WHERE story_id IS NOT NULL
),
terms AS (
    SELECT members.story_id, members.article_id, mentions.name AS term
    FROM members
    JOIN mentions ON mentions.article_id = members.article_id
    UNION
    SELECT story_id, article_id, unnest(keywords) AS term
    FROM members
),
counted AS (
    SELECT story_id, term, count(*) AS articles
    FROM terms
    GROUP BY story_id, term
),
top AS (
    SELECT story_id, list(term ORDER BY articles DESC, term)[:8] AS terms
    FROM counted
    GROUP BY story_id
)
SELECT
    members.story_id,
    arg_min(members.headline, coalesce(members.told_at, 'infinity'::TIMESTAMP)) AS headline,
    min(members.told_at) AS first_published_at,
    max(members.told_at) AS last_published_at,
    count(*) AS articles,
    count(DISTINCT members.source) AS sources,
    count(DISTINCT members.origin) FILTER (members.duplicate_of IS NULL) AS independent_sources,
    coalesce(any_value(top.terms), []) AS top_terms
FROM members
LEFT JOIN top ON top.story_id = members.story_id
GROUP BY members.story_id;
