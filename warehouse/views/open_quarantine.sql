-- one row per document or file that waits in quarantine
CREATE VIEW open_quarantine AS
SELECT
    quarantine_id,
    reason,
    detail,
    severity,
    stage,
    source,
    file_uri,
    position,
    file_id,
    document_id,
    quarantined_at,
    run_id
FROM quarantine
WHERE resolved_at IS NULL;
