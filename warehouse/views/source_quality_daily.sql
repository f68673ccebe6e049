-- one row per source and day (UTC) on which something of it arrived
-- Counts everything that was delivered, items under embargo or withdrawn too: documents = articles + repeats + quarantined.
CREATE VIEW source_quality_daily AS
WITH counted AS (
    SELECT source, received_at::DATE AS day, count(*) AS files
    FROM files
    GROUP BY source, day
    UNION ALL BY NAME
    SELECT
        source,
        landed_at::DATE AS day,
        count(*) AS articles,
        count(duplicate_of) AS copies,
        count(*) FILTER (len(quality_flags) > 0) AS flagged,
        count(*) FILTER (headline IS NULL) AS without_headline,
        count(*) FILTER (published_at IS NULL AND published_on IS NULL) AS undated,
        sum(word_count) AS words
    FROM articles
    GROUP BY source, day
    UNION ALL BY NAME
    SELECT source, received_at::DATE AS day, count(*) AS repeats
    FROM repeats
    GROUP BY source, day
    UNION ALL BY NAME
    SELECT source, quarantined_at::DATE AS day, count(*) AS quarantined
    FROM quarantine
    GROUP BY source, day
),
summed AS (
    SELECT
        source,
        day,
        coalesce(sum(files), 0)::BIGINT AS files,
        coalesce(sum(articles), 0)::BIGINT AS articles,
        coalesce(sum(repeats), 0)::BIGINT AS repeats,
        coalesce(sum(quarantined), 0)::BIGINT AS quarantined,
        coalesce(sum(copies), 0)::BIGINT AS copies,
        coalesce(sum(flagged), 0)::BIGINT AS flagged,
        coalesce(sum(without_headline), 0)::BIGINT AS without_headline,
        coalesce(sum(undated), 0)::BIGINT AS undated,
        sum(words)::DOUBLE / sum(articles)::DOUBLE AS words_per_article
    FROM counted
    GROUP BY source, day
)
SELECT
    source,
    day,
    files,
    articles + repeats + quarantined AS documents,
    articles,
    repeats,
    quarantined,
    quarantined / nullif(articles + repeats + quarantined, 0) AS quarantined_share,
    copies,
    flagged,
    without_headline,
    undated,
    words_per_article
FROM summed;
