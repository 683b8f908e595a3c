SELECT entry, ordinal, subject, object, name, text FROM disclosures WHERE entry = ?1 ORDER BY ordinal
