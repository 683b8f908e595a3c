-- $5: the conditions, as row_find has them.
SELECT resource, id, from_size, NULL::bigint, body FROM ledger.row_versions AS version
WHERE resource = $1 AND id > $2 AND from_size <= $3 AND (until_size IS NULL OR until_size > $3)
    AND NOT EXISTS (
        SELECT FROM jsonb_array_elements($5::text::jsonb) AS condition
        WHERE (version.body::jsonb -> (condition ->> 0)) IS NULL
            OR NOT (condition -> 1) @> jsonb_build_array(version.body::jsonb -> (condition ->> 0))
    )
ORDER BY id LIMIT $4
