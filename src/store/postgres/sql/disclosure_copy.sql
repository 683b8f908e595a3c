COPY vault.disclosures (entry, ordinal, subject, object, name, text, on_file) FROM STDIN (FORMAT binary)
