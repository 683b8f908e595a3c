SELECT id, payload_hash, code, size, time, note FROM refusals WHERE id = ?1
