SELECT mac, subject, entry FROM matches WHERE entry >= ?1 AND entry < ?2 ORDER BY mac, subject, entry
