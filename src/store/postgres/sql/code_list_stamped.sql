SELECT entry, request, code, salt FROM vault.codes WHERE entry >= $1 AND entry < $2 ORDER BY request, entry
