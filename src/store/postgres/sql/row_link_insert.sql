-- Of blocks that the ledger had no entry of.
INSERT INTO ledger.row_links (stream, block, entries) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
