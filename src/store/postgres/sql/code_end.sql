DELETE FROM vault.codes USING unnest($1::uuid[], $2::bigint[]) AS ended (request, through)
WHERE codes.request = ended.request AND codes.entry <= ended.through
