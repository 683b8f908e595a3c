-- Down from the row with the record before $1, which may have later ones too.
SELECT number, time, role, of, kid, mis, resource, subjects, size FROM vault.access
WHERE number <= coalesce((SELECT min(number) FROM vault.access WHERE number >= $1), $1) ORDER BY number DESC LIMIT $2
