SELECT entry, ordinal, kind, body FROM vault.outbox WHERE entry < $1 ORDER BY entry, ordinal LIMIT $2
