SELECT resource, id, from_size, (
    SELECT min(next.from_size) FROM ledger.row_versions AS next
    WHERE next.resource = version.resource AND next.id = version.id AND next.from_size > version.from_size AND next.from_size <= $3
), body
FROM ledger.row_versions AS version
WHERE resource = $1 AND id = $2 AND from_size <= $3 AND from_size >= $4
ORDER BY from_size LIMIT $5
