DECLARE live NO SCROLL CURSOR FOR
SELECT resource, id, from_size, until_size, body FROM ledger.row_versions ORDER BY resource, id, from_size
