INSERT INTO ledger.row_versions (resource, id, from_size, body)
SELECT * FROM unnest($1::smallint[], $2::bytea[], $3::bigint[], $4::text[])
