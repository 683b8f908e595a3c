INSERT OR ROLLBACK INTO outcomes ("index", id, payload_hash, size) VALUES (?1, ?2, ?3, ?4)
