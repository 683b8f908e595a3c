INSERT INTO row_links (stream, kind, entry) SELECT number, ?2, ?3 FROM streams WHERE name = ?1
