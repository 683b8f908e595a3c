-- Of a block that the ledger has entries of; they come in their order, so what is new stands behind what is there.
INSERT INTO ledger.row_links (stream, block, entries) SELECT unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::bytea[])
ON CONFLICT (stream, block) DO UPDATE SET entries = row_links.entries || excluded.entries
