-- A walk along the subjects: those with nothing of this name are passed over.
SELECT entry, ordinal, subject, object, name, text, on_file FROM vault.each_disclosure
WHERE name = $1 AND on_file AND (subject, entry) >= ($2, $3) AND (subject, entry, ordinal) > ($2, $3, $4)
ORDER BY subject, entry, ordinal LIMIT $5
