-- $2: the kinds asked for. Entries from $3 on, below $4.
SELECT DISTINCT link.entry FROM ledger.streams
JOIN ledger.row_links AS link ON link.stream = streams.number AND link.kind = ANY ($2::bigint[])
WHERE streams.name = $1 AND link.entry >= $3 AND link.entry < $4
ORDER BY link.entry LIMIT $5
