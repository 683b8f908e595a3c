-- ?2: the kinds asked for, as an array. Entries from ?3 on, below ?4.
SELECT DISTINCT link.entry FROM streams CROSS JOIN json_each(?2) AS kind
JOIN row_links AS link ON link.stream = streams.number AND link.kind = kind.value
WHERE streams.name = ?1 AND link.entry >= ?3 AND link.entry < ?4
ORDER BY link.entry LIMIT ?5
