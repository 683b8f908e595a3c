INSERT INTO refusals (id, payload_hash, code, size, time, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
