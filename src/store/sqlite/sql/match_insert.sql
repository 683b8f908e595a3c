-- One entry may give the same key more than once.
INSERT INTO matches (mac, subject, entry) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING
