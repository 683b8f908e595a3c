SELECT "index", id, payload_hash, size FROM outcomes WHERE id = ?1
