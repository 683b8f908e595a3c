INSERT INTO codes (request, entry, code, salt) VALUES (?1, ?2, ?3, ?4)
