DELETE FROM vault.matches USING unnest($1::bytea[], $2::bigint[]) AS erased (subject, through)
WHERE matches.subject = erased.subject AND matches.entry <= erased.through
