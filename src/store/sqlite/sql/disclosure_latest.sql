-- The last value on file of a member.
SELECT entry, ordinal, subject, object, name, text, on_file FROM disclosures
WHERE subject = ?1 AND name = ?2 AND on_file = 1 ORDER BY entry DESC, ordinal DESC LIMIT 1
