-- Blocks from ?2 on, below ?3.
SELECT link.block, link.entries FROM streams JOIN row_links AS link ON link.stream = streams.number
WHERE streams.name = ?1 AND link.block >= ?2 AND link.block < ?3
ORDER BY link.block
