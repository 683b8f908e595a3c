SELECT number, time, role, of, kid, mis, resource, subject, size FROM access WHERE number > ?1 ORDER BY number LIMIT ?2
