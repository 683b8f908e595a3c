-- Versions that end, or that the same entry changes again.
UPDATE ledger.row_versions AS version SET until_size = new.until_size, body = new.body
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[]) AS new (resource, id, from_size, until_size, body)
WHERE version.resource = new.resource AND version.id = new.id AND version.from_size = new.from_size
