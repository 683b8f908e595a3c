SELECT id, payload_hash, refusal, size, time, note FROM ledger.refusals WHERE id = ANY ($1::uuid[])
