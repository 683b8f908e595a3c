-- $5 and $6: an indexed member and its value, as they stand in row_values. $7: all conditions, an array of [member, values]; a
-- member that is missing is no match.
SELECT version.resource, version.id, version.from_size, NULL::bigint, version.body
FROM ledger.row_values AS candidate
JOIN ledger.row_versions AS version ON version.resource = candidate.resource AND version.id = candidate.id
WHERE candidate.resource = $1 AND candidate.member = $5 AND candidate.value = $6 AND candidate.id > $2
    AND version.from_size <= $3 AND (version.until_size IS NULL OR version.until_size > $3)
    AND NOT EXISTS (
        SELECT FROM jsonb_array_elements($7::text::jsonb) AS condition
        WHERE (version.body::jsonb -> (condition ->> 0)) IS NULL
            OR NOT (condition -> 1) @> jsonb_build_array(version.body::jsonb -> (condition ->> 0))
    )
ORDER BY candidate.id LIMIT $4
