SELECT resource, id, from_size, (
    SELECT min(next.from_size) FROM ledger.row_versions AS next
    WHERE next.resource = version.resource AND next.id = version.id AND next.from_size > version.from_size
), body
FROM ledger.row_versions AS version
WHERE (resource, id, from_size) > ($1, $2, $3)
ORDER BY resource, id, from_size LIMIT $4
