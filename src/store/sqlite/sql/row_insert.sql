INSERT INTO row_versions (resource, id, from_size, body) VALUES (?1, ?2, ?3, ?4)
