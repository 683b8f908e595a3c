SELECT stream, kind, entry FROM row_links ORDER BY stream, kind, entry
