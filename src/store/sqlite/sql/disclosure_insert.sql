INSERT INTO disclosures (entry, ordinal, subject, object, name, text, on_file) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
