INSERT INTO vault.access (time, role, of, kid, mis, resource, subject, size)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[])
