INSERT INTO row_links (stream, kind, entry) VALUES (?1, ?2, ?3)
