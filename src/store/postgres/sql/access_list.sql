-- Of one subject where $3 is given.
SELECT number, time, role, of, kid, mis, resource, subject, size FROM vault.access
WHERE number < $1 AND ($3::text IS NULL OR subject = $3) ORDER BY number DESC LIMIT $2
