INSERT INTO tiles (level, "index", hashes) VALUES (?1, ?2, ?3)
