INSERT INTO main.row_links (stream, kind, entry)
SELECT stream, kind, entry FROM new.row_links WHERE true ON CONFLICT DO NOTHING
