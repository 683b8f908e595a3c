SELECT from_size, body FROM row_versions WHERE resource = ?1 AND id = ?2 ORDER BY from_size DESC LIMIT 1
