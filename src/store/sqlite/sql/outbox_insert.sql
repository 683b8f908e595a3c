INSERT INTO outbox (entry, ordinal, kind, body) VALUES (?1, ?2, ?3, ?4)
