-- Versions that the same entry changes again.
UPDATE ledger.row_versions AS version SET body = new.body
FROM unnest($1::smallint[], $2::bytea[], $3::bigint[], $4::text[]) AS new (resource, id, from_size, body)
WHERE version.resource = new.resource AND version.id = new.id AND version.from_size = new.from_size
