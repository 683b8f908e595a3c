-- $5 and $6: the number of a member and its value, as they stand in row_values.
SELECT version.resource, version.id, version.from_size, NULL::bigint, version.body
FROM ledger.row_values AS candidate
CROSS JOIN LATERAL (
    SELECT * FROM ledger.row_versions WHERE resource = $1 AND id = candidate.id AND from_size <= $3
    ORDER BY from_size DESC LIMIT 1
) AS version
WHERE candidate.member = $5 AND candidate.value = $6 AND candidate.id > $2
ORDER BY candidate.id LIMIT $4
