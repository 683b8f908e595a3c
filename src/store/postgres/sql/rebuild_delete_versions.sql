DELETE FROM ledger.row_versions AS live USING unnest($1::bigint[], $2::bytea[], $3::bigint[]) AS gone (resource, id, from_size)
WHERE live.resource = gone.resource AND live.id = gone.id AND live.from_size = gone.from_size
