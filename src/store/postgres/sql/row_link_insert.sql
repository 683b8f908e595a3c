INSERT INTO ledger.row_links (stream, kind, entry)
SELECT streams.number, link.kind, link.entry
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS link (stream, kind, entry)
JOIN ledger.streams ON streams.name = link.stream
