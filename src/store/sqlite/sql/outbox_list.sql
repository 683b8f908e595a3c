SELECT entry, ordinal, kind, body FROM outbox WHERE entry < ?1 ORDER BY entry, ordinal LIMIT ?2
