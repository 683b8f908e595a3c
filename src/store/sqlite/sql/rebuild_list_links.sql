SELECT stream, block, entries FROM row_links ORDER BY stream, block
