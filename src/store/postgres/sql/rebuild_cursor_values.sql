DECLARE live NO SCROLL CURSOR FOR
SELECT resource, member, value, id FROM ledger.row_values ORDER BY resource, member, value, id
