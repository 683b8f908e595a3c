-- Keys are a set.
INSERT INTO vault.matches (mac, subject, entry) SELECT * FROM unnest($1::bytea[], $2::text[], $3::bigint[])
ON CONFLICT DO NOTHING
