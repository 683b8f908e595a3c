SELECT "index", time, bytes FROM entries WHERE "index" >= ?1 ORDER BY "index" LIMIT ?2
