-- Up from the row with the record after $1, which may have earlier ones too.
SELECT number, time, role, of, kid, mis, resource, subjects, size FROM vault.access WHERE number > $1 ORDER BY number LIMIT $2
