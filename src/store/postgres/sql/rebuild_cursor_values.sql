DECLARE live NO SCROLL CURSOR FOR
SELECT member::bigint, value, id FROM ledger.row_values ORDER BY member, value, id
