INSERT INTO vault.outbox (entry, ordinal, kind, body)
SELECT unnest($1::bigint[]), unnest($2::integer[]), unnest($3::text[]), unnest($4::text[])
