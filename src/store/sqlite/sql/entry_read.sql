SELECT "index", time, bytes FROM entries WHERE "index" = ?1
