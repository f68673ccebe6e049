-- one row per article that an order takes out of all other views: versions of the item, and copies of these
-- A later version that may be used ends an order. What the same source sends after an order, near to what it withdrew,
-- is the substitute and no copy.
CREATE VIEW withdrawn_articles AS
WITH members AS (
    SELECT item, item AS article_id, 1 AS number
    FROM withdrawal_orders
    UNION
    SELECT version_of AS item, article_id, version AS number
    FROM versions
    WHERE version_of IN (SELECT item FROM withdrawal_orders)
),
versions_of AS (
    SELECT
        members.item,
        members.article_id,
        members.number,
        articles.source,
        coalesce(version_created, published_at, published_on::TIMESTAMP, first_created) AS told_at,
        coalesce(pub_status NOT IN ('canceled', 'withheld'), true)
            AND (embargoed_until IS NULL OR embargoed_until <= make_timestamp(epoch_us(now()))) AS is_usable,
        CASE WHEN duplicates.kind IN ('same_text', 'near') THEN duplicates.duplicate_of END AS original
    FROM members
    JOIN copydesk.bare_articles AS articles ON articles.article_id = members.article_id
    LEFT JOIN duplicates ON duplicates.article_id = members.article_id
),
ended AS (
    SELECT DISTINCT orders.item, orders.ordered_by
    FROM withdrawal_orders AS orders
    JOIN versions_of ON versions_of.item = orders.item
    WHERE versions_of.is_usable
        AND versions_of.article_id <> orders.ordered_by
        AND (
            versions_of.told_at > orders.told_at
            OR versions_of.number > orders.number AND (versions_of.told_at IS NULL) = (orders.told_at IS NULL)
        )
),
withdrawn AS (
    SELECT versions_of.article_id, versions_of.source, versions_of.original, orders.ordered_by, orders.told_at
    FROM withdrawal_orders AS orders
    ANTI JOIN ended ON ended.item = orders.item AND ended.ordered_by = orders.ordered_by
    JOIN versions_of ON versions_of.item = orders.item
),
originals AS (
    SELECT article_id AS original, source, ordered_by, told_at
    FROM withdrawn
    UNION
    SELECT original, source, ordered_by, told_at
    FROM withdrawn
    WHERE original IS NOT NULL
),
copies AS (
    SELECT duplicates.article_id, originals.ordered_by
    FROM duplicates
    JOIN originals ON originals.original = duplicates.duplicate_of
    JOIN copydesk.bare_articles AS articles ON articles.article_id = duplicates.article_id
    WHERE articles.source <> originals.source
        OR duplicates.kind = 'same_text'
        OR coalesce(
            coalesce(articles.version_created, articles.published_at, articles.published_on::TIMESTAMP)
            <= originals.told_at,
            true
        )
    UNION
    SELECT original, ordered_by
    FROM originals
),
found AS (
    SELECT article_id, ordered_by, 'version' AS kind
    FROM withdrawn
    UNION ALL
    SELECT article_id, ordered_by, 'copy' AS kind
    FROM copies
    UNION ALL
    SELECT duplicates.article_id, copies.ordered_by, 'copy' AS kind
    FROM duplicates
    JOIN copies ON copies.article_id = duplicates.duplicate_of
    WHERE duplicates.kind = 'contained'
)
SELECT
    articles.article_id,
    articles.source,
    articles.headline,
    max(found.kind) AS kind,
    min(found.ordered_by) AS ordered_by
FROM found
JOIN copydesk.bare_articles AS articles ON articles.article_id = found.article_id
GROUP BY articles.article_id, articles.source, articles.headline;
