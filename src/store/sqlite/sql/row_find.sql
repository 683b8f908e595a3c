-- ?5 and ?6: an indexed member and its value, as they stand in row_values. ?7: all conditions, an array of [path, values],
-- each value as JSON text; a member that is missing is no match.
SELECT version.resource, version.id, version.from_size, NULL, version.body
FROM row_values AS candidate
JOIN row_versions AS version ON version.resource = candidate.resource AND version.id = candidate.id
WHERE candidate.resource = ?1 AND candidate.member = ?5 AND candidate.value = ?6 AND candidate.id > ?2
    AND version.from_size <= ?3 AND (version.until_size IS NULL OR version.until_size > ?3)
    AND NOT EXISTS (
        SELECT 1 FROM json_each(?7) AS condition
        WHERE (version.body -> (condition.value ->> 0)) IS NULL
            OR (version.body -> (condition.value ->> 0)) NOT IN (SELECT value FROM json_each(condition.value, '$[1]'))
    )
ORDER BY candidate.id LIMIT ?4
