SELECT id, from_size, body FROM latest WHERE resource = ?1 ORDER BY id
