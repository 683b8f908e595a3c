INSERT INTO main.row_links (stream, block, entries)
SELECT stream, block, entries FROM new.row_links WHERE true ON CONFLICT DO NOTHING
