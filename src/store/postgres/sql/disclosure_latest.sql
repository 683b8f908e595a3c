-- The last value on file of each of these members.
SELECT entry, ordinals[place], latest.subject, objects[place], names[place], texts[place], on_file
FROM unnest($1::bytea[], $2::text[]) AS asked (subject, name)
CROSS JOIN LATERAL (
    SELECT *, array_position(names, asked.name) AS place FROM vault.disclosures
    WHERE disclosures.subject = asked.subject AND on_file AND asked.name = ANY (names)
    ORDER BY entry DESC LIMIT 1
) AS latest
