DECLARE live NO SCROLL CURSOR FOR
SELECT stream, block, entries FROM ledger.row_links ORDER BY stream, block
