INSERT INTO ledger.row_versions (resource, id, from_size, body)
SELECT unnest($1::smallint[]), unnest($2::bytea[]), unnest($3::bigint[]), unnest($4::text[])
