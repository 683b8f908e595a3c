INSERT INTO vault.outbox (entry, ordinal, kind, body) SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[])
