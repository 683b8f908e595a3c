SELECT number, time, role, of, kid, mis, resource, subject, size FROM access
WHERE number < ?1 AND subject = ?3 ORDER BY number DESC LIMIT ?2
