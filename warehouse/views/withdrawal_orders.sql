-- one row per order to withdraw an item: the item again as canceled or withheld, or an article that names it
-- By id an item of the same source is named; by headline or slug one of the seven days before, of the same source or of
-- an agency that both credit. Slugs are compared without cycle and region before them and version after them.
CREATE VIEW withdrawal_orders AS
WITH notes AS (
    SELECT
        withdrawals.article_id,
        withdrawals.field,
        withdrawals.value,
        articles.source,
        [info_source.name FOR info_source IN articles.info_sources IF info_source.role = 'agency'] AS agencies,
        articles.embargoed_until,
        coalesce(version_created, published_at, published_on::TIMESTAMP, first_created) AS told_at,
        coalesce(told_at, articles.landed_at) AS latest
    FROM withdrawals
    JOIN copydesk.bare_articles AS articles ON articles.article_id = withdrawals.article_id
),
named AS (
    SELECT notes.article_id AS ordered_by, notes.field AS method, notes.told_at, articles.article_id
    FROM notes
    JOIN copydesk.bare_articles AS articles ON articles.alt_id = notes.value AND articles.source = notes.source
    WHERE notes.field = 'alt_id' AND articles.article_id <> notes.article_id
    UNION ALL BY NAME
    SELECT notes.article_id AS ordered_by, notes.field AS method, notes.told_at, articles.article_id
    FROM notes
    JOIN copydesk.bare_articles AS articles
        ON CASE
            WHEN notes.field = 'headline'
                THEN regexp_replace(lower(strip_accents(articles.headline)), '[^\p{L}\p{N}]+', '', 'g')
            WHEN articles.slugline IS NOT NULL
                THEN regexp_replace(
                    lower(articles.slugline), '^(bc|ap|am|pm)-+([a-z]{2}--)?|,.*$|[^\p{L}\p{N}]', '', 'g'
                )
        END = CASE
            WHEN notes.field = 'headline'
                THEN regexp_replace(lower(strip_accents(notes.value)), '[^\p{L}\p{N}]+', '', 'g')
            ELSE regexp_replace(lower(notes.value), '^(bc|ap|am|pm)-+([a-z]{2}--)?|,.*$|[^\p{L}\p{N}]', '', 'g')
        END
    WHERE notes.field IN ('headline', 'slugline')
        AND articles.article_id <> notes.article_id
        AND coalesce(
            articles.version_created, articles.published_at, articles.published_on::TIMESTAMP, articles.landed_at
        ) BETWEEN notes.latest - INTERVAL 7 DAY AND notes.latest
        AND (
            articles.source = notes.source AND notes.source <> 'unknown'
            OR list_has_any([info_source.name FOR info_source IN articles.info_sources], notes.agencies)
        )
    UNION ALL BY NAME
    SELECT article_id AS ordered_by, field AS method, told_at, article_id
    FROM notes
    WHERE field <> 'alt_id' AND (embargoed_until IS NULL OR embargoed_until <= make_timestamp(epoch_us(now())))
)
SELECT DISTINCT
    coalesce(versions.version_of, named.article_id) AS item,
    named.ordered_by,
    named.method,
    named.told_at,
    CASE WHEN named.method = 'pub_status' THEN coalesce(versions.version, 1) END AS number
FROM named
LEFT JOIN versions ON versions.article_id = named.article_id;
