INSERT INTO row_values (member, value, id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING
