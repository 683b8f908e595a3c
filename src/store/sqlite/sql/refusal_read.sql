SELECT id, payload_hash, refusal, size, time, note FROM refusals WHERE id = ?1
