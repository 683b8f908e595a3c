-- Numbered after the last row, $1 being how many records there are from there to each one's last.
INSERT INTO vault.access (number, time, role, of, kid, mis, resource, subjects, size)
SELECT last.number + added.further, time, role, of, kid, mis, resource, subjects, size
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
    AS added (further, time, role, of, kid, mis, resource, subjects, size),
    (SELECT coalesce(max(number), 0) AS number FROM vault.access) AS last
