-- The same as access_list, about one subject.
SELECT number, time, role, of, kid, mis, resource, subjects, size FROM access
WHERE number <= ifnull((SELECT min(number) FROM access WHERE number >= ?1), ?1) AND number IN (
    SELECT number FROM access_subjects WHERE subject = ?3
    UNION ALL
    SELECT number FROM access
    WHERE number > (SELECT number FROM access_sorted) AND instr(' ' || subjects || ' ', ' ' || ?3 || ' ') > 0
)
ORDER BY number DESC LIMIT ?2
