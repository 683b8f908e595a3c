SELECT resource, id, from_size, until_size, body FROM ledger.row_versions
WHERE (resource, id, from_size) > ($1, $2, $3)
ORDER BY resource, id, from_size LIMIT $4
