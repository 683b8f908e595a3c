-- Of blocks that the ledger had no entry of.
INSERT INTO ledger.row_links (stream, block, entries) SELECT unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::bytea[])
