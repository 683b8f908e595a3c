-- The last version made by then: rows end by a status, never by vanishing.
SELECT resource, id, from_size, NULL::bigint, body FROM ledger.row_versions
WHERE resource = $1 AND id = $2 AND from_size <= $3
ORDER BY from_size DESC LIMIT 1
