DELETE FROM ledger.row_links AS live USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS gone (stream, kind, entry)
WHERE live.stream = gone.stream AND live.kind = gone.kind AND live.entry = gone.entry
