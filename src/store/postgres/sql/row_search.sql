-- $5: the number of the member of words. A word from $6 on, below $7, leads to the row.
SELECT version.resource, version.id, version.from_size, NULL::bigint, version.body
FROM (
    SELECT DISTINCT id FROM ledger.row_values WHERE member = $5 AND value >= $6 AND value < $7 AND id > $2
) AS candidate
CROSS JOIN LATERAL (
    SELECT * FROM ledger.row_versions WHERE resource = $1 AND id = candidate.id AND from_size <= $3
    ORDER BY from_size DESC LIMIT 1
) AS version
ORDER BY candidate.id LIMIT $4
