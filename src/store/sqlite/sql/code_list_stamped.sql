SELECT entry, request, code, salt FROM codes WHERE entry >= ?1 AND entry < ?2 ORDER BY request, entry
