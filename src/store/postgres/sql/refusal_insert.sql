INSERT INTO ledger.refusals (id, payload_hash, refusal, size, time, note)
SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])
