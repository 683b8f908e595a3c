DECLARE live NO SCROLL CURSOR FOR
SELECT resource::bigint, id, from_size, body FROM ledger.row_versions ORDER BY resource, id, from_size
