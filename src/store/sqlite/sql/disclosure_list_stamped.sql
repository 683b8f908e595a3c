SELECT entry, subject, on_file, salts, packed FROM disclosures WHERE entry >= ?1 AND entry < ?2 ORDER BY entry
