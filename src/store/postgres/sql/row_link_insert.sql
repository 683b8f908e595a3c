-- Entries come in their order, so what is new stands behind what is there.
INSERT INTO ledger.row_links (stream, block, entries)
SELECT streams.number, link.block, link.entries
FROM unnest($1::text[], $2::bigint[], $3::bytea[]) AS link (stream, block, entries)
JOIN ledger.streams ON streams.name = link.stream
ON CONFLICT (stream, block) DO UPDATE SET entries = row_links.entries || excluded.entries
