-- The open versions of these rows.
SELECT version.resource, version.id, version.from_size, version.body
FROM unnest($1::smallint[], $2::bytea[]) AS asked (resource, id)
CROSS JOIN LATERAL (
    SELECT * FROM ledger.row_versions AS version
    WHERE version.resource = asked.resource AND version.id = asked.id
    ORDER BY version.from_size DESC LIMIT 1
) AS version
