DELETE FROM ledger.row_links AS live USING unnest($1::bigint[], $2::bigint[]) AS gone (stream, block)
WHERE live.stream = gone.stream AND live.block = gone.block
