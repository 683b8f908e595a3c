SELECT number, time, role, of, kid, mis, resource, subject, size FROM vault.access WHERE number > $1 ORDER BY number LIMIT $2
