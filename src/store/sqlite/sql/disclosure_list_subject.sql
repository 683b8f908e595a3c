SELECT entry, subject, on_file, salts, packed FROM disclosures WHERE subject = ?1 ORDER BY entry
