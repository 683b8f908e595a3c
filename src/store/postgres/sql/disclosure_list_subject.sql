SELECT entry, ordinal, subject, object, name, text, on_file FROM vault.each_disclosure WHERE subject = $1 ORDER BY entry, ordinal
