SELECT resource, id, from_size, CASE WHEN until_size <= $3 THEN until_size END, body FROM ledger.row_versions
WHERE resource = $1 AND id = $2 AND from_size <= $3 AND from_size >= $4
ORDER BY from_size LIMIT $5
