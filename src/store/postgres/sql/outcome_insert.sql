INSERT INTO ledger.outcomes (index, id, payload_hash, size) SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bytea[], $4::bigint[])
