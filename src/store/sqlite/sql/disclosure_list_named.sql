-- What is on file of each subject, from one of its entries on: whoever asks for a name looks into each.
SELECT entry, subject, on_file, salts, packed FROM disclosures INDEXED BY disclosures_by_subject
WHERE on_file = 1 AND (subject, entry) >= (?1, ?2)
ORDER BY subject, entry
