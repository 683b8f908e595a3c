-- After (time $3, id $4), where $4 is given.
SELECT id, payload_hash, refusal, size, time, note FROM ledger.refusals
WHERE time >= $1 AND time < $2 AND time >= $3 AND ($4::uuid IS NULL OR (time, id) > ($3, $4))
ORDER BY time, id LIMIT $5
