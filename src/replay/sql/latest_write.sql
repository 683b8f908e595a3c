INSERT INTO latest (resource, id, from_size, body) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO UPDATE SET from_size = excluded.from_size, body = excluded.body
