-- What is on file of a subject, the latest first: whoever asks for a name looks until he finds it.
SELECT entry, subject, on_file, salts, packed FROM disclosures WHERE subject = ?1 AND on_file = 1 ORDER BY entry DESC
