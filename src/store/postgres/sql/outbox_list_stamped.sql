SELECT entry, ordinal, kind, body FROM vault.outbox WHERE entry >= $1 AND entry < $2 ORDER BY entry, ordinal
