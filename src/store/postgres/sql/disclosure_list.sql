SELECT entry, ordinal, subject, object, name, text, on_file FROM vault.disclosures WHERE entry = $1 ORDER BY ordinal
