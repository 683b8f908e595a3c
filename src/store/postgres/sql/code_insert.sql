INSERT INTO vault.codes (request, entry, code, salt) SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bytea[])
