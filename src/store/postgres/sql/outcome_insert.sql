INSERT INTO ledger.outcomes (index, id, payload_hash, size)
SELECT unnest($1::bigint[]), unnest($2::uuid[]), unnest($3::bytea[]), unnest($4::bigint[])
