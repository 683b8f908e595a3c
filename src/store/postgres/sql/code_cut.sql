DELETE FROM vault.codes WHERE entry >= $1
