-- Sorts the next $1 rows; it changes as many rows as they have records.
WITH next AS (
    SELECT number, subjects FROM vault.access
    WHERE number > (SELECT coalesce(max(number), 0) FROM vault.access_sorted) ORDER BY number LIMIT $1
), moved AS (
    INSERT INTO vault.access_sorted (number) SELECT max(number) FROM next HAVING max(number) IS NOT NULL
)
INSERT INTO vault.access_subjects (subject, number)
SELECT subject, number FROM next, unnest(string_to_array(subjects, ' ')) AS subject ORDER BY subject, number
