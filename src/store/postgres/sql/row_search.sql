-- $5: the member of words. A word from $6 on, below $7, leads to the row; $8: the conditions, as row_find has them.
SELECT version.resource, version.id, version.from_size, NULL::bigint, version.body
FROM (
    SELECT DISTINCT id FROM ledger.row_values
    WHERE resource = $1 AND member = $5 AND value >= $6 AND value < $7 AND id > $2
) AS candidate
JOIN ledger.row_versions AS version ON version.resource = $1 AND version.id = candidate.id
WHERE version.from_size <= $3 AND (version.until_size IS NULL OR version.until_size > $3)
    AND NOT EXISTS (
        SELECT FROM jsonb_array_elements($8::text::jsonb) AS condition
        WHERE (version.body::jsonb -> (condition ->> 0)) IS NULL
            OR NOT (condition -> 1) @> jsonb_build_array(version.body::jsonb -> (condition ->> 0))
    )
ORDER BY candidate.id LIMIT $4
