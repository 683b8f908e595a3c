INSERT INTO matches (mac, subject, entry) VALUES (?1, ?2, ?3)
