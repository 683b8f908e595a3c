SELECT resource, id, from_size, NULL, body FROM row_versions AS version
WHERE resource = ?1 AND id > ?2 AND from_size = (
    SELECT max(from_size) FROM row_versions WHERE resource = ?1 AND id = version.id AND from_size <= ?3
)
ORDER BY id LIMIT ?4
