INSERT INTO disclosures (entry, first, subject, on_file, salts, packed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
