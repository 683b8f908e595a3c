DELETE FROM vault.outbox WHERE entry = $1 AND ordinal = $2
