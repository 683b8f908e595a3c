SELECT hashes FROM tiles WHERE level = ?1 AND "index" = ?2
