SELECT from_size, body FROM latest WHERE resource = ?1 AND id = ?2
