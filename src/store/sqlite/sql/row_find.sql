-- ?5 and ?6: the number of a member and its value, as they stand in row_values.
SELECT version.resource, version.id, version.from_size, NULL, version.body
FROM row_values AS candidate
CROSS JOIN row_versions AS version ON version.resource = ?1 AND version.id = candidate.id AND version.from_size = (
    SELECT max(from_size) FROM row_versions WHERE resource = ?1 AND id = candidate.id AND from_size <= ?3
)
WHERE candidate.member = ?5 AND candidate.value = ?6 AND candidate.id > ?2
ORDER BY candidate.id LIMIT ?4
