SELECT entry, ordinal, subject, object, name, text, on_file FROM vault.disclosures WHERE subject = $1 ORDER BY entry, ordinal
