DELETE FROM outbox WHERE entry >= ?1
