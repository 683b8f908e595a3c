-- ?5: the conditions, as row_find has them.
SELECT resource, id, from_size, NULL, body FROM row_versions AS version
WHERE resource = ?1 AND id > ?2 AND from_size <= ?3 AND (until_size IS NULL OR until_size > ?3)
    AND NOT EXISTS (
        SELECT 1 FROM json_each(?5) AS condition
        WHERE (version.body -> (condition.value ->> 0)) IS NULL
            OR (version.body -> (condition.value ->> 0)) NOT IN (SELECT value FROM json_each(condition.value, '$[1]'))
    )
ORDER BY id LIMIT ?4
