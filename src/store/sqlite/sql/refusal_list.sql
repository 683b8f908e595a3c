SELECT id, payload_hash, refusal, size, time, note FROM refusals
WHERE time >= ?1 AND time < ?2 AND (time, id) > (?3, ?4)
ORDER BY time, id LIMIT ?5
