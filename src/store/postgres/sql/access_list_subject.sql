-- The same as access_list, about one subject.
SELECT number, time, role, of, kid, mis, resource, subjects, size FROM vault.access
WHERE number <= coalesce((SELECT min(number) FROM vault.access WHERE number >= $1), $1) AND number IN (
    SELECT number FROM vault.access_subjects WHERE subject = $3
    UNION ALL
    SELECT number FROM vault.access
    WHERE number > (SELECT coalesce(max(number), 0) FROM vault.access_sorted) AND $3 = ANY (string_to_array(subjects, ' '))
)
ORDER BY number DESC LIMIT $2
