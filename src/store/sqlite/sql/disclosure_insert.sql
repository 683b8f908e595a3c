INSERT INTO disclosures (entry, ordinal, subject, object, name, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
