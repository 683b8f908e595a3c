SELECT time FROM entries WHERE "index" = ?1
