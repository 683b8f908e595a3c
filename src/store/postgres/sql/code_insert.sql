INSERT INTO vault.codes (request, entry, code, salt)
SELECT unnest($1::uuid[]), unnest($2::bigint[]), unnest($3::text[]), unnest($4::bytea[])
