INSERT OR ROLLBACK INTO refusals (id, payload_hash, refusal, size, time, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
