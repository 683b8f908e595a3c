SELECT resource, id, from_size, NULL::bigint, body FROM ledger.row_versions
WHERE resource = $1 AND id = $2 AND from_size <= $3 AND (until_size IS NULL OR until_size > $3)
