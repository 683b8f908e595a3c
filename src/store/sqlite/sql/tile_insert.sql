INSERT OR ROLLBACK INTO tiles (level, "index", hashes) VALUES (?1, ?2, ?3)
