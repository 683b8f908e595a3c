DELETE FROM matches WHERE entry >= ?1
