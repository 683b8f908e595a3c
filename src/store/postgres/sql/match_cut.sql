DELETE FROM vault.matches WHERE entry >= $1
