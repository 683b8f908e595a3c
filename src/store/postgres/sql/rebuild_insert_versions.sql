INSERT INTO ledger.row_versions (resource, id, from_size, until_size, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
