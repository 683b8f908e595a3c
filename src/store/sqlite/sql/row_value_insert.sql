INSERT INTO row_values (resource, member, value, id) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING
