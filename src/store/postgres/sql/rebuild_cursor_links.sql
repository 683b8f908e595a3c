DECLARE live NO SCROLL CURSOR FOR
SELECT stream, kind::bigint, entry FROM ledger.row_links ORDER BY stream, kind, entry
