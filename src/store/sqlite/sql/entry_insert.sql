INSERT OR ROLLBACK INTO entries ("index", time, bytes) VALUES (?1, ?2, ?3)
