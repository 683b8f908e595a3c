SELECT entry, ordinal, subject, object, name, text FROM disclosures WHERE subject = ?1 ORDER BY entry, ordinal
