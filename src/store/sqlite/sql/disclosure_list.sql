SELECT entry, ordinal, subject, object, name, text, on_file FROM disclosures WHERE entry = ?1 ORDER BY ordinal
