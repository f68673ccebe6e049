-- one row per copy of an article, beside its original; kind `repeat` is the same document from another source
-- `kept` is the share of the original's words that the copy has. Columns of the original are NULL where it is under embargo, withdrawn or replaced by a later version.
CREATE VIEW wire_copies AS
SELECT
    copies.article_id,
    copies.source,
    copies.headline,
    copies.published_at,
    copies.published_on,
    copies.duplicate_of AS original_id,
    originals.source AS original_source,
    originals.headline AS original_headline,
    originals.published_at AS original_published_at,
    originals.published_on AS original_published_on,
    coalesce(
        [info_source.name FOR info_source IN copies.info_sources IF info_source.role = 'agency'][1],
        [info_source.name FOR info_source IN originals.info_sources IF info_source.role = 'agency'][1]
    ) AS agency,
    copies.duplicate_kind AS kind,
    duplicates.similarity,
    duplicates.containment,
    least(duplicates.containment * copies.word_count / nullif(originals.word_count, 0), 1.0) AS kept
FROM current_articles AS copies
LEFT JOIN current_articles AS originals ON originals.article_id = copies.duplicate_of
LEFT JOIN duplicates ON duplicates.article_id = copies.article_id
WHERE copies.duplicate_of IS NOT NULL
UNION ALL BY NAME
SELECT
    originals.article_id,
    repeats.source,
    originals.headline,
    originals.article_id AS original_id,
    originals.source AS original_source,
    originals.headline AS original_headline,
    originals.published_at AS original_published_at,
    originals.published_on AS original_published_on,
    [info_source.name FOR info_source IN originals.info_sources IF info_source.role = 'agency'][1] AS agency,
    'repeat' AS kind,
    1.0 AS similarity,
    1.0 AS containment,
    1.0 AS kept
FROM repeats
JOIN current_articles AS originals
    ON originals.article_id = repeats.document_id AND originals.source <> repeats.source;
