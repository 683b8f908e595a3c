-- ?5: the member of words. A word from ?6 on, below ?7, leads to the row; ?8: the conditions, as row_find has them.
SELECT version.resource, version.id, version.from_size, NULL, version.body
FROM (
    SELECT DISTINCT id FROM row_values
    WHERE resource = ?1 AND member = ?5 AND value >= ?6 AND value < ?7 AND id > ?2
) AS candidate
JOIN row_versions AS version ON version.resource = ?1 AND version.id = candidate.id
WHERE version.from_size <= ?3 AND (version.until_size IS NULL OR version.until_size > ?3)
    AND NOT EXISTS (
        SELECT 1 FROM json_each(?8) AS condition
        WHERE (version.body -> (condition.value ->> 0)) IS NULL
            OR (version.body -> (condition.value ->> 0)) NOT IN (SELECT value FROM json_each(condition.value, '$[1]'))
    )
ORDER BY candidate.id LIMIT ?4
