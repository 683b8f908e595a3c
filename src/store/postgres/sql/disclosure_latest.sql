-- The last value on file of each of these members.
SELECT latest.* FROM unnest($1::text[], $2::text[]) AS asked (subject, name)
CROSS JOIN LATERAL (
    SELECT entry, ordinal, subject, object, name, text, on_file FROM vault.disclosures
    WHERE disclosures.subject = asked.subject AND disclosures.name = asked.name AND on_file
    ORDER BY entry DESC, ordinal DESC LIMIT 1
) AS latest
