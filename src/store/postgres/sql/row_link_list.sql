-- Blocks from $2 on, below $3.
SELECT link.block, link.entries FROM ledger.streams JOIN ledger.row_links AS link ON link.stream = streams.number
WHERE streams.name = $1 AND link.block >= $2 AND link.block < $3
ORDER BY link.block LIMIT $4
