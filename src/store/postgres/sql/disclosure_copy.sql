COPY vault.disclosures (entry, first, subject, on_file, ordinals, objects, names, texts) FROM STDIN (FORMAT binary)
