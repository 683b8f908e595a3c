DELETE FROM codes WHERE entry >= ?1
