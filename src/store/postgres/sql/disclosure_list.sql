SELECT entry, ordinal, subject, object, name, text, on_file FROM vault.each_disclosure WHERE entry = $1 ORDER BY ordinal
