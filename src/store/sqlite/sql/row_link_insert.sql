-- Entries come in their order, so what is new stands behind what is there.
INSERT INTO row_links (stream, block, entries) VALUES (?1, ?2, ?3)
ON CONFLICT DO UPDATE SET entries = CAST(entries || excluded.entries AS BLOB)
