INSERT INTO ledger.row_links (stream, kind, entry) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
