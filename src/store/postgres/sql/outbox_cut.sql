DELETE FROM vault.outbox WHERE entry >= $1
